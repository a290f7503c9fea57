import { div, shift, sqrt, square } from '@darkroom/graph/ops/elementwise';
import { reduceSum } from '@darkroom/graph/ops/reduction';
import type { Value } from '@darkroom/graph/value';

/** Vectors along the last axis divided by their length, to which some networks add `epsilon`. */
export function unitVectors(x: Value, epsilon = 0): Value {
  const length = sqrt(reduceSum(square(x), { axes: [-1], keepDims: true }));
  return div(x, epsilon === 0 ? length : shift(length, epsilon));
}
