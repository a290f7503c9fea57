/** The coordinates of the exponential integrators: lambda = ln(signal/noise), in which the linear part is solved exactly. */
import type { NoiseLevel } from '../parameterization.ts';
import { preservingLevel } from '../schedulers/noise.ts';
import type { Schedule } from '../schedulers/schedule.ts';
import { sigmaAt } from './sampler.ts';

export interface LogSnrPoint extends NoiseLevel {
  /** ln(signal/noise); Infinity at the clean end. */
  readonly lambda: number;
}

/** The point of an evaluation index of a schedule with sigmas. */
export function pointAt(schedule: Schedule, index: number): LogSnrPoint {
  const sigma = sigmaAt(schedule, index);
  return { ...preservingLevel(sigma), lambda: -Math.log(sigma) };
}

/** Few steps gain nothing from high orders at the clean end, where lambda runs away. */
const fewSteps = 15;

export interface OrderRule {
  readonly solverOrder: number;
  readonly lowerOrderFinal: boolean;
  /** The last step must be of first order. */
  readonly firstOrderLast: boolean;
}

/** Order of the multistep update at an index with `known` earlier outputs: it ramps up, and down at the end of short runs. */
export function multistepOrder(rule: OrderRule, schedule: Schedule, index: number, known: number): number {
  const left = schedule.timesteps.length - index;
  const isShort = rule.lowerOrderFinal && schedule.timesteps.length < fewSteps;
  const limit = left === 1 && rule.firstOrderLast ? 1 : isShort ? left : rule.solverOrder;
  return Math.min(rule.solverOrder, known + 1, limit);
}
