/** Which training timesteps a run of n steps visits; the three families round and divide differently. */
import type { SchedulerConfig } from './config.ts';
import { linspace, progression, roundHalfEven } from './linspace.ts';

/** `linspace` covers 0..T-1, `leading` starts each interval at its low end, `trailing` at its high end. */
export type TimestepSpacing = SchedulerConfig['timestep_spacing'];

export interface SpacingOptions {
  readonly spacing: TimestepSpacing;
  /** T, the number of training timesteps. */
  readonly total: number;
  readonly steps: number;
  /** Added to every timestep of the leading spacing. */
  readonly offset: number;
}

/** arange(from, 0, -T/n) rounded, minus one. */
function trailing(from: number, stride: number): number[] {
  const count = Math.ceil(from / stride - 1e-9); // A ratio that rounds up past a whole number must not add an entry.
  return progression(from, -stride, count).map((t) => roundHalfEven(t) - 1);
}

/** n·ratio … 1·ratio, 0 plus the offset. */
function leading(ratio: number, steps: number, offset: number): number[] {
  return Array.from({ length: steps }, (_, i) => (steps - 1 - i) * ratio + offset);
}

/** Falling whole timesteps of the DDPM, DDIM and PNDM family. */
export function wholeTimesteps({ spacing, total, steps, offset }: SpacingOptions): number[] {
  switch (spacing) {
    case 'linspace':
      return linspace(0, total - 1, steps)
        .map(roundHalfEven)
        .reverse();
    case 'leading':
      return leading(Math.floor(total / steps), steps, offset);
    case 'trailing':
      return trailing(total, total / steps);
    default:
      return spacing satisfies never;
  }
}

/** Falling timesteps of the sigma family (Euler, Heun, LMS): linspace stays fractional, in float32. */
export function fractionalTimesteps(options: SpacingOptions): number[] {
  if (options.spacing !== 'linspace') return wholeTimesteps(options);
  return linspace(0, options.total - 1, options.steps)
    .map(Math.fround)
    .reverse();
}

/**
 * Falling whole timesteps of the exponential integrators: n+1 points of which the lowest is dropped. The run starts
 * below `last`, which is T unless the highest noise is clipped.
 */
export function solverTimesteps(options: SpacingOptions & { readonly last: number }): number[] {
  const { spacing, total, steps, offset, last } = options;
  switch (spacing) {
    case 'linspace':
      return linspace(0, last - 1, steps + 1)
        .map(roundHalfEven)
        .reverse()
        .slice(0, -1);
    case 'leading':
      return leading(Math.floor(last / (steps + 1)), steps + 1, offset).slice(0, -1);
    case 'trailing':
      return trailing(last, total / steps);
    default:
      return spacing satisfies never;
  }
}

/**
 * PNDM's evaluations for falling whole timesteps: three Runge-Kutta blocks of four over the first three intervals, then
 * linear multistep; or, without the warm-up, multistep with the second timestep evaluated twice.
 */
export function pndmTimesteps(falling: readonly number[], halfStep: number, skipWarmUp: boolean): number[] {
  if (skipWarmUp) return [...falling.slice(0, 2), ...falling.slice(1)];
  const ends = falling.slice(0, 4).flatMap((t) => [t + halfStep, t]); // t0+h, t0, t1+h, t1 …
  const warmUp = ends
    .slice(1)
    .flatMap((t) => [t, t])
    .slice(1, -1);
  return [...warmUp, ...falling.slice(3)];
}

/** LCM: n of the distilled model's own timesteps k·T/50 - 1, from the top, evenly by index (Luo et al. 2023). */
export function lcmTimesteps(total: number, originalSteps: number, steps: number): number[] {
  const stride = Math.floor(total / originalSteps);
  const own = Array.from({ length: originalSteps }, (_, i) => (originalSteps - i) * stride - 1);
  return Array.from({ length: steps }, (_, i) => own[Math.floor((i * originalSteps) / steps)] as number);
}
