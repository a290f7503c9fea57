/**
 * Looks again, at a window around a thing: what the decoder said about it and the prompts go in beside the picture, so that every layer
 * knows what is meant; the mask comes out at half the window's resolution (the refiner of FocalClick, Chen et al. 2022; prompts among the
 * colours, Sofiiuk et al. 2022).
 */
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { resizeNearest } from '@darkroom/graph/layers/resize';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, gelu, scale, shift } from '@darkroom/graph/ops/elementwise';
import { concat, narrow } from '@darkroom/graph/ops/movement';
import { axisSize } from '@darkroom/graph/shape';
import type { Value } from '@darkroom/graph/value';
import { centernetBackbone } from '../centernet/backbone.ts';
import { layerNorm2d } from './layer-norm-2d.ts';
import type { RefinedSamConfig } from './sam-config.ts';

/** Planes of the guide, in this order: the answer so far in logits, the box, the clicks. */
export const guidePlanes = 3;

const epsilon = 1e-6;

export interface RefinerInputs {
  /** Window of the picture, [N, 3, S, S], sRGB values from 0 to 255. */
  readonly image: Value;
  /** [N, {@link guidePlanes}, S/2, S/2], as `drawGuide` draws it. */
  readonly guide: Value;
}

/** Logits of the mask in the window, [N, 1, S/2, S/2]. */
export function samRefiner(
  scope: Scope,
  { image, guide }: RefinerInputs,
  { vision_config, refiner_config }: RefinedSamConfig,
): Value {
  const seen = centernetBackbone(
    scope.child('vision_encoder', 'backbone'),
    image,
    vision_config.backbone_config,
  );
  const model = scope.child('refiner');
  const levels = [seen.quarter, seen.eighth, seen.sixteenth, seen.thirtySecond];
  const [finest, ...widths] = refiner_config.channels as [number, ...number[]];
  const centred = shift(scale(image, 1 / 127.5), -1);
  const colours = gelu(conv2d(model.child('colours'), centred, finest - guidePlanes, { stride: 2 }));
  const passed = [gelu(conv2d(model.child('mixed'), concat([colours, guide], 1), finest))];
  for (const [i, level] of levels.entries())
    passed.push(goDown(model.child('down', i), passed.at(-1) as Value, level, widths[i] as number));
  let x = passed.pop() as Value;
  for (const [i, skipped] of passed.toReversed().entries()) x = goUp(model.child('up', i), x, skipped);
  const correction = conv2d(model.child('mask'), x, 1);
  return add(narrow(guide, 1, 0, 1), correction);
}

/** To the next coarser level, joined by what the backbone saw there. */
function goDown(scope: Scope, x: Value, level: Value, width: number): Value {
  const carried = conv2d(scope.child('carry'), x, width, { stride: 2 });
  const normed = layerNorm2d(scope.child('layer_norm'), level, epsilon);
  const seen = conv2d(scope.child('see'), normed, width, { kernel: 1 });
  return residual(scope.child('mix'), add(carried, seen));
}

/** To the next finer level, joined by what went down there. */
function goUp(scope: Scope, x: Value, skipped: Value): Value {
  const width = axisSize(skipped.shape, 1);
  const above = resizeNearest(conv2d(scope.child('above'), x, width, { kernel: 1 }), 2);
  return residual(scope.child('mix'), add(above, skipped));
}

/** Two convolutions beside the value itself. */
function residual(scope: Scope, x: Value): Value {
  const width = axisSize(x.shape, 1);
  const normed = layerNorm2d(scope.child('layer_norm'), x, epsilon);
  const inner = gelu(conv2d(scope.child('conv1'), normed, width));
  return add(x, conv2d(scope.child('conv2'), inner, width));
}
