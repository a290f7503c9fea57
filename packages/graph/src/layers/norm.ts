import { groupNormalization, layerNormalization } from '../ops/normalization.ts';
import { axisSize } from '../shape.ts';
import type { Value } from '../value.ts';
import type { Scope } from './scope.ts';

/** Layer normalisation over the last axis with `weight` and `bias`. */
export function layerNorm(scope: Scope, x: Value, epsilon: number): Value {
  const width = [axisSize(x.shape, -1)];
  return layerNormalization(x, {
    scale: scope.parameter('weight', width),
    bias: scope.parameter('bias', width),
    epsilon,
  });
}

/** Group normalisation of [N, C, …] with `weight` and `bias` per channel. */
export function groupNorm(scope: Scope, x: Value, groups: number, epsilon: number): Value {
  const channels = [axisSize(x.shape, 1)];
  return groupNormalization(x, groups, {
    scale: scope.parameter('weight', channels),
    bias: scope.parameter('bias', channels),
    epsilon,
  });
}
