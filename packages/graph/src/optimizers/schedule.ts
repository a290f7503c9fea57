import { cos, div, max, min, mul, scale, shift } from '../ops/elementwise.ts';
import { scalar, type Value } from '../value.ts';

/** Learning-rate factor in [0, 1] as a function of the step, a float scalar that counts from 1. */
export type Schedule = (step: Value) => Value;

/** Rises linearly to 1 over `steps`, then stays. */
export const warmUp =
  (steps: number): Schedule =>
  (step) =>
    min(scale(step, 1 / Math.max(1, steps)), scalar(1));

/** Falls from 1 to `floor` along half a cosine over `steps` (Loshchilov and Hutter 2017), then stays. */
export const cosineDecay =
  (steps: number, floor = 0): Schedule =>
  (step) => {
    const progress = min(div(max(step, scalar(0)), scalar(Math.max(1, steps))), scalar(1));
    return shift(scale(shift(cos(scale(progress, Math.PI)), 1), (1 - floor) / 2), floor);
  };

/** The product of schedules, e.g. warm-up times decay. */
export const product =
  (...schedules: readonly Schedule[]): Schedule =>
  (step) =>
    schedules.map((schedule) => schedule(step)).reduce(mul);
