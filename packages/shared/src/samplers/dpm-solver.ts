import { residualNoise, toDenoised, toEpsilon } from '../parameterization.ts';
import type { ConfigOf } from '../schedulers/config.ts';
import type { Schedule } from '../schedulers/schedule.ts';
import { boundDenoised } from './bound-denoised.ts';
import { type LogSnrPoint, multistepOrder, pointAt } from './log-snr.ts';
import { type SamplerRun, type Sampling, walk } from './sampler.ts';
import { type Term, weightedSum } from './weighted-sum.ts';

type Config = ConfigOf<'DPMSolverMultistepScheduler'>;

/** Weights of one update: of the sample, of the newest output and its first two differences, of fresh noise. */
interface Update {
  readonly sample: number;
  readonly value: number;
  readonly slope: { readonly midpoint: number; readonly heun: number };
  readonly curvature: number;
  readonly noise: number;
}

const { exp, expm1, sqrt } = Math;

/**
 * One row per algorithm: x0-based (++) or noise-based, ODE or SDE, with h = lambda_to - lambda_from
 * (Lu et al. 2022, "DPM-Solver++", eq. 9, 12 and appendix; `heun` slope and curvature are the exact Taylor terms).
 */
const updates = {
  'dpmsolver++': (from, to, h): Update => {
    const e = expm1(-h);
    return {
      sample: to.noise / from.noise,
      value: -to.signal * e,
      slope: { midpoint: (-to.signal * e) / 2, heun: to.signal * (e / h + 1) },
      curvature: -to.signal * ((e + h) / (h * h) - 0.5),
      noise: 0,
    };
  },
  dpmsolver: (from, to, h): Update => {
    const e = expm1(h);
    return {
      sample: to.signal / from.signal,
      value: -to.noise * e,
      slope: { midpoint: (-to.noise * e) / 2, heun: -to.noise * (e / h - 1) },
      curvature: -to.noise * ((e - h) / (h * h) - 0.5),
      noise: 0,
    };
  },
  'sde-dpmsolver++': (from, to, h): Update => {
    const e = -expm1(-2 * h);
    return {
      sample: (to.noise / from.noise) * exp(-h),
      value: to.signal * e,
      slope: { midpoint: (to.signal * e) / 2, heun: to.signal * (1 - e / (2 * h)) },
      curvature: to.signal * ((e - 2 * h) / (4 * h * h) - 0.5),
      noise: to.noise * sqrt(e),
    };
  },
  'sde-dpmsolver': (from, to, h): Update => {
    const e = expm1(h);
    return {
      sample: to.signal / from.signal,
      value: -2 * to.noise * e,
      slope: { midpoint: -to.noise * e, heun: -2 * to.noise * (e / h - 1) },
      curvature: Number.NaN, // Refused by the configuration.
      noise: to.noise * sqrt(expm1(2 * h)),
    };
  },
} satisfies Record<Config['algorithm_type'], (from: LogSnrPoint, to: LogSnrPoint, h: number) => Update>;

/** An earlier output (x0 or noise estimate) and where it was taken. */
interface Known {
  readonly lambda: number;
  readonly value: Float32Array;
}

/** The newest output and its scaled backward differences, as many as the order asks for; newest first in `known`. */
function differences(known: readonly Known[], order: number, h: number): readonly Float32Array[] {
  const [first, second, third] = known;
  if (!first) return [];
  if (order === 1 || !second) return [first.value];
  const r0 = (first.lambda - second.lambda) / h;
  const newer = weightedSum([1 / r0, first.value], [-1 / r0, second.value]);
  if (order === 2 || !third) return [first.value, newer];
  const r1 = (second.lambda - third.lambda) / h;
  const older = weightedSum([1 / r1, second.value], [-1 / r1, third.value]);
  const share = r0 / (r0 + r1);
  return [
    first.value,
    weightedSum([1 + share, newer], [-share, older]),
    weightedSum([1 / (r0 + r1), newer], [-1 / (r0 + r1), older]),
  ];
}

/** DPM-Solver and DPM-Solver++, multistep, order 1 to 3, ODE and SDE forms. */
export function* dpmSolver(schedule: Schedule<Config>, run: SamplerRun): Sampling {
  const { config } = schedule;
  const isDataPrediction = config.algorithm_type.endsWith('++');
  const rule = {
    solverOrder: config.solver_order,
    lowerOrderFinal: config.lower_order_final,
    firstOrderLast: config.euler_at_final || config.final_sigmas_type === 'zero',
  };
  let known: readonly Known[] = [];
  return yield* walk(schedule, run, {
    advance(sample, output, index) {
      const from = pointAt(schedule, index);
      const to = pointAt(schedule, index + 1);
      const prediction = { type: config.prediction_type, output, sample, level: from };
      const denoised = boundDenoised(toDenoised(prediction), config, run.batch ?? 1);
      const isBounded = config.thresholding;
      const noise = () => (isBounded ? residualNoise(sample, denoised, from) : toEpsilon(prediction));
      const order = multistepOrder(rule, schedule, index, known.length);
      known = [{ lambda: from.lambda, value: isDataPrediction ? denoised : noise() }, ...known].slice(0, 3);
      const h = to.lambda - from.lambda;
      if (h === 0) return { next: sample, denoised }; // Respaced sigmas may end twice at the smallest one.
      const update = updates[config.algorithm_type](from, to, h);
      const slope = order === 3 ? update.slope.heun : update.slope[config.solver_type];
      const weights = [update.value, slope, update.curvature];
      const terms = differences(known, order, h).map((value, i): Term => [weights[i] as number, value]);
      const fresh: readonly Term[] = update.noise > 0 ? [[update.noise, run.noise(index)]] : [];
      return { next: weightedSum([update.sample, sample], ...terms, ...fresh), denoised };
    },
  });
}
