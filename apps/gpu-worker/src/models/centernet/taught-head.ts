/** A second head for things that the published classes lack: rows of nouns compared with features of all scales at 1/8. */
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { resizeNearest } from '@darkroom/graph/layers/resize';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, relu, scale, softplus } from '@darkroom/graph/ops/elementwise';
import { concat, reshape } from '@darkroom/graph/ops/movement';
import { reduceMean } from '@darkroom/graph/ops/reduction';
import type { Value } from '@darkroom/graph/value';
import type { TaughtHeadConfig } from './config.ts';
import { separable } from './layers.ts';

/** What the head reads; channel numbers are those of the published detector. */
export interface TaughtInputs {
  /** The neck's answer as {@link halved} gives it, [N, 128, H/8, W/8]. */
  readonly fused: Value;
  /** [N, 88, H/16, W/16] */
  readonly sixteenth: Value;
  /** [N, 480, H/32, W/32] */
  readonly thirtySecond: Value;
}

/** What the head says of every place. */
export interface TaughtMaps {
  /** Logits of the nouns, [N, nouns, H/8, W/8]. */
  readonly logits: Value;
  /** Pixels of the network's picture from a place to the box's left, top, right and bottom, [N, 4, H/8, W/8]. */
  readonly sides: Value;
}

/** Pixels of the network's picture from one place of the head's maps to the next. */
export const taughtStride = 8;
/** Pixels that one unit of the size branch stands for. */
const sizeUnit = 32;

/** Means of 2 × 2 places of [N, C, H, W], whose sides are even. */
export function halved(x: Value): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const blocks = reshape(x, [batch, channels, height / 2, 2, width / 2, 2]);
  return reduceMean(blocks, { axes: [3, 5] });
}

export function taughtHead(scope: Scope, inputs: TaughtInputs, config: TaughtHeadConfig): TaughtMaps {
  const { width, count } = config;
  const middle = relu(conv2d(scope.child('middle'), inputs.sixteenth, width / 2, { kernel: 1 }));
  const coarse = relu(conv2d(scope.child('coarse'), inputs.thirtySecond, width, { kernel: 1 }));
  const all = concat([inputs.fused, resizeNearest(middle, 2), resizeNearest(coarse, 4)], 1);
  const mixed = relu(separable(scope.child('mix'), all, width, 3));
  const features = relu(add(mixed, separable(scope.child('refine'), mixed, width, 5)));
  const logits = conv2d(scope.child('nouns'), features, count, { kernel: 1 });
  const sides = softplus(conv2d(scope.child('sides'), features, 4, { kernel: 1 }));
  return { logits, sides: scale(sides, sizeUnit) };
}
