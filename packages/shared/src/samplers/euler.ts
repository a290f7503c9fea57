import { toDenoised } from '../parameterization.ts';
import type { ConfigOf } from '../schedulers/config.ts';
import type { Schedule } from '../schedulers/schedule.ts';
import { type SamplerRun, type Sampling, sigmaAt, walk } from './sampler.ts';
import { weightedSum } from './weighted-sum.ts';

/** A network trained on variance-preserving samples sees the sigma-space sample divided by sqrt(sigma² + 1). */
export function sigmaInputScale(sigma: number): number {
  return 1 / Math.sqrt(sigma * sigma + 1);
}

/** Euler steps of dx/dsigma = (x - x0)/sigma (Karras et al. 2022, algorithm 1 without its second order). */
export function* euler(schedule: Schedule<ConfigOf<'EulerDiscreteScheduler'>>, run: SamplerRun): Sampling {
  const type = schedule.config.prediction_type;
  return yield* walk(schedule, run, {
    inputScale: (index) => sigmaInputScale(sigmaAt(schedule, index)),
    advance(sample, output, index) {
      const sigma = sigmaAt(schedule, index);
      const ratio = sigmaAt(schedule, index + 1) / sigma;
      const denoised = toDenoised({ type, output, sample, level: { signal: 1, noise: sigma } });
      return { next: weightedSum([ratio, sample], [1 - ratio, denoised]), denoised };
    },
  });
}
