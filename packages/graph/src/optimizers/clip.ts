import { add, div, min, mul, shift, sqrt, square } from '../ops/elementwise.ts';
import { reduceSum } from '../ops/reduction.ts';
import { scalar, type Value } from '../value.ts';

/** L2 norm of all gradients taken as one vector. */
export function globalNorm(gradients: readonly Value[]): Value {
  return sqrt(gradients.map((gradient) => reduceSum(square(gradient))).reduce(add));
}

/** Scales all gradients so that their global norm is at most `maxNorm` (Pascanu et al. 2013); also returns the norm before. */
export function clipByGlobalNorm(
  gradients: readonly Value[],
  maxNorm: number,
): { readonly gradients: Value[]; readonly norm: Value } {
  const norm = globalNorm(gradients);
  const factor = min(div(scalar(maxNorm), shift(norm, 1e-6)), scalar(1));
  return { gradients: gradients.map((gradient) => mul(gradient, factor)), norm };
}
