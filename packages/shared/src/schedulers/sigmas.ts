/** Noise-to-signal ratios (sigma = sqrt((1-a)/a)) and their spacings over a sampling run. */
import { float32Log } from './float32-log.ts';
import { linspace } from './linspace.ts';

const { fround, sqrt, log, exp } = Math;

/** Sigma of every training timestep; float32, rising. */
export function sigmaTable(alphas: Float32Array): Float32Array {
  return alphas.map((a) => sqrt(fround(fround(1 - a) / a)));
}

/** The table read at fractional timesteps, linearly between its entries and held constant past its ends. */
export function sigmasAt(table: Float32Array, timesteps: ArrayLike<number>): number[] {
  const last = table.length - 1;
  return Array.from(timesteps, (t) => {
    if (t <= 0) return table[0] as number;
    if (t >= last) return table[last] as number;
    const low = Math.floor(t);
    const below = table[low] as number;
    return below + ((table[low + 1] as number) - below) * (t - low);
  });
}

/** Where the spacing runs from and to. */
export interface SigmaRange {
  readonly min: number;
  readonly max: number;
}

/** `count` falling sigmas from `max` to `min`. Karras: equal steps of sigma^(1/7) (Karras et al. 2022, eq. 5). */
export function spacedSigmas(
  spacing: 'karras' | 'exponential' | 'lu',
  { min, max }: SigmaRange,
  count: number,
): number[] {
  switch (spacing) {
    case 'karras': {
      const rho = 7;
      const from = max ** (1 / rho);
      const to = min ** (1 / rho);
      return linspace(0, 1, count).map((ramp) => (from + ramp * (to - from)) ** rho);
    }
    case 'exponential':
    case 'lu': // Equal steps of lambda = -ln sigma, which is the same line.
      return linspace(log(max), log(min), count).map(exp);
    default:
      return spacing satisfies never;
  }
}

/**
 * The fractional training timestep that has this sigma, linear in ln sigma; within 0..T-1. Every operation rounds to
 * float32 as the reference's do.
 */
export function timestepOfSigma(table: Float32Array, sigma: number): number {
  const target = fround(log(Math.max(sigma, 1e-10)));
  let low = 0;
  let high = table.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (float32Log(table[middle] as number) <= target) low = middle;
    else high = middle;
  }
  const below = float32Log(table[low] as number);
  const above = float32Log(table[high] as number);
  const weight = fround(Math.min(Math.max(fround(below - target) / fround(below - above), 0), 1));
  return fround(1 - weight) * low + weight * high;
}
