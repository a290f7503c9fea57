/** A second head for things that the published classes lack: every place is one of many nouns, or none of them. */
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { resizeNearest } from '@darkroom/graph/layers/resize';
import type { Scope } from '@darkroom/graph/layers/scope';
import { log, relu, scale, shift, sub } from '@darkroom/graph/ops/elementwise';
import { concat, narrow, reshape, slice } from '@darkroom/graph/ops/movement';
import { reduceMean, softmax } from '@darkroom/graph/ops/reduction';
import { axisSize } from '@darkroom/graph/shape';
import type { Value } from '@darkroom/graph/value';
import type { TaughtHeadConfig } from './config.ts';

/** What the head reads; channel numbers are those of the published detector. */
export interface TaughtInputs {
  /** The neck's answer as {@link halved} gives it, [N, 128, H/8, W/8]. */
  readonly fused: Value;
  /** [N, 88, H/16, W/16] */
  readonly sixteenth: Value;
  /** [N, 480, H/32, W/32] */
  readonly thirtySecond: Value;
}

/** Pixels of the network's picture from one place of the head's maps to the next. */
export const taughtStride = 8;

/** Means of 2 × 2 places of [N, C, H, W], whose sides are even. */
export function halved(x: Value): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const blocks = reshape(x, [batch, channels, height / 2, 2, width / 2, 2]);
  return reduceMean(blocks, { axes: [3, 5] });
}

/** Every second place of the published boxes' sides, so that they belong to the places of this head. */
export function taughtSides(sides: Value): Value {
  const [, , height, width] = sides.shape as [number, number, number, number];
  return slice(sides, { axes: [2, 3], starts: [0, 0], ends: [height, width], steps: [2, 2] });
}

/** What a place is judged by: all scales at once, [N, 696, H/8, W/8]. */
export function taughtFeatures({ fused, sixteenth, thirtySecond }: TaughtInputs): Value {
  return concat([fused, resizeNearest(sixteenth, 2), resizeNearest(thirtySecond, 4)], 1);
}

/** Scores of all nouns, of nothing and of the kinds that are left to the other head, [N, count + rest, H/8, W/8]. */
export function taughtScores(scope: Scope, features: Value, { width, count, rest }: TaughtHeadConfig): Value {
  const hidden = relu(conv2d(scope.child('hidden'), features, width, { kernel: 1 }));
  return conv2d(scope.child('nouns'), hidden, count + rest, { kernel: 1 });
}

/** Keeps logarithms of probabilities finite. */
const epsilon = 1e-6;

/** Log-odds of each noun against all else, [N, count, H/8, W/8]. */
export function taughtLogits(scores: Value, { count }: TaughtHeadConfig): Value {
  const p = narrow(softmax(scores, 1), 1, 0, Math.min(count, axisSize(scores.shape, 1)));
  return sub(log(shift(p, epsilon)), log(shift(scale(p, -1), 1 + epsilon)));
}
