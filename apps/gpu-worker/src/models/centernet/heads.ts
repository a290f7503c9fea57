/** Neck and heads of the published CenterNet (Zhou et al. 2019): class heat maps and distances to the box's sides. */
import { conv2d } from '@darkroom/graph/layers/conv2d';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, mul, relu, scale, sigmoid } from '@darkroom/graph/ops/elementwise';
import { concat } from '@darkroom/graph/ops/movement';
import { reduceMean } from '@darkroom/graph/ops/reduction';
import { axisSize } from '@darkroom/graph/shape';
import type { Value } from '@darkroom/graph/value';
import type { BackboneFeatures } from './backbone.ts';
import type { CenternetConfig } from './config.ts';
import { depthwise, doubleLegacyBilinear, separable } from './layers.ts';

/** Pixels of the network's picture from one place of the maps to the next. */
export const mapStride = 4;
/** Pixels of the network's picture that one unit of the size head stands for. */
const sizeUnit = 16;

/**
 * All scales brought together at 1/4.
 * @returns [N, 128, H/4, W/4] with the published channel numbers, at least 0
 */
export function centernetNeck(scope: Scope, features: BackboneFeatures, config: CenternetConfig): Value {
  const levels = [features.quarter, features.eighth, features.sixteenth];
  let x = features.thirtySecond;
  for (let level = levels.length - 1; level >= 0; level--) {
    const [reduced, out] = config.lateral_channels[level] as [number, number];
    const lateral = scope.child('lateral', level);
    const narrowed = relu(conv2d(lateral.child('reduce'), levels[level] as Value, reduced, { kernel: 1 }));
    const side = separable(lateral, narrowed, out, 5);
    x = relu(concat([side, enlarge(scope.child('up', level), x, out)], 1));
  }
  const mean = reduceMean(x, { axes: [2, 3], keepDims: true });
  const squeezed = relu(conv2d(scope.child('gate', 'reduce'), mean, config.gate_channels, { kernel: 1 }));
  const gate = conv2d(scope.child('gate', 'expand'), squeezed, axisSize(x.shape, 1), {
    kernel: 1,
    bias: false,
  });
  return mul(x, sigmoid(gate));
}

/** Two separable convolutions side by side, then twice the size. */
function enlarge(scope: Scope, x: Value, out: number): Value {
  const fine = separable(scope.child('fine'), x, out, 3);
  return doubleLegacyBilinear(add(fine, separable(scope.child('coarse'), x, out, 5)));
}

/** What the class head compares with a class's row: [N, 128, H/4, W/4]. */
export function classFeatures(scope: Scope, fused: Value): Value {
  return depthwise(scope.child('classes', 'depthwise'), fused, { kernel: 3, bias: false });
}

/** Logits of every class at every place, [N, classes, H/4, W/4]: class features times the classes' rows. */
export function classLogits(scope: Scope, features: Value, classes: number): Value {
  return conv2d(scope.child('classes', 'project'), features, classes, { kernel: 1 });
}

/** Pixels of the network's picture from a place to the box's left, top, right and bottom, [N, 4, H/4, W/4]. */
export function boxSides(scope: Scope, fused: Value): Value {
  return scale(separable(scope.child('sides'), fused, 4, 3), sizeUnit);
}
