import type { Dtype } from '../dtype.ts';
import { add, scale } from '../ops/elementwise.ts';
import { matmul } from '../ops/matmul.ts';
import { parameter, type Value } from '../value.ts';
import type { Adapt } from './scope.ts';

/** Size, strength and targets of adapters. */
export interface LoraOptions {
  readonly rank: number;
  /** Default: the rank, so that the update is `up down`. */
  readonly alpha?: number;
  /** Multiplies the whole update; 0 is the base model. Default 1. */
  readonly strength?: number;
  /** Which weights get an adapter. */
  readonly targets: (name: string) => boolean;
  /** Names the two matrices of an adapted weight. Default: `<module>.lora.down.weight` and `….up.weight`, as diffusers saves them. */
  readonly nameOf?: (weight: string, matrix: 'down' | 'up') => string;
}

/** Adapters of one network: the hook for its scope, and what is trained. */
export interface Lora {
  readonly adapt: Adapt;
  /** The trainable matrices by name: down [rank, in], up [out, rank]. */
  readonly parameters: ReadonlyMap<string, Value>;
}

const diffusersName = (weight: string, matrix: 'down' | 'up'): string =>
  `${weight.replace(/\.weight$/, '')}.lora.${matrix}.weight`;

/**
 * Low-rank adaptation (Hu et al. 2021): a targeted weight W [out, in] becomes W + strength · alpha/rank · up · down.
 * Starting with up = 0 makes it the identity; the sum is also what fusing writes back.
 */
export function lora({
  rank,
  alpha = rank,
  strength = 1,
  targets,
  nameOf = diffusersName,
}: LoraOptions): Lora {
  const parameters = new Map<string, Value>();
  const matrix = (name: string, shape: readonly number[], dtype: Dtype): Value => {
    const value = parameters.get(name) ?? parameter(name, shape, dtype);
    parameters.set(name, value);
    return value;
  };
  const adapt: Adapt = (name, weight) => {
    const [out, inner] = weight.shape;
    if (!targets(name) || out === undefined || inner === undefined || weight.shape.length !== 2)
      return weight;
    const down = matrix(nameOf(name, 'down'), [rank, inner], weight.dtype);
    const up = matrix(nameOf(name, 'up'), [out, rank], weight.dtype);
    return add(weight, scale(matmul(up, down), (strength * alpha) / rank));
  };
  return { adapt, parameters };
}
