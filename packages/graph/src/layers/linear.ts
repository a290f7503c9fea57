import { gemm } from '../ops/matmul.ts';
import { reshape } from '../ops/movement.ts';
import { axisSize, sizeOf } from '../shape.ts';
import type { Value } from '../value.ts';
import type { Scope } from './scope.ts';

/** `x Wᵀ + b` over the last axis, weights as in PyTorch: `weight` [out, in], `bias` [out]. */
export function linear(
  scope: Scope,
  x: Value,
  outFeatures: number,
  { bias = true }: { bias?: boolean } = {},
): Value {
  const inFeatures = axisSize(x.shape, -1);
  const weight = scope.parameter('weight', [outFeatures, inFeatures]);
  const rows = reshape(x, [sizeOf(x.shape) / inFeatures, inFeatures]);
  const product = gemm(rows, weight, {
    transB: true,
    ...(bias && { bias: scope.parameter('bias', [outFeatures]) }),
  });
  return reshape(product, x.shape.with(-1, outFeatures));
}
