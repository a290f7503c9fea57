import { toDenoised } from '../parameterization.ts';
import type { ConfigOf } from '../schedulers/config.ts';
import { trainingLevel } from '../schedulers/noise.ts';
import type { Schedule } from '../schedulers/schedule.ts';
import { boundDenoised } from './bound-denoised.ts';
import { powerAt, type SamplerRun, type Sampling, walk } from './sampler.ts';
import { weightedSum } from './weighted-sum.ts';

type Config = ConfigOf<'DDPMScheduler'>;

const leastVariance = 1e-20;

/** Standard deviation of the added noise: of the posterior (small) or of the forward step (large). */
function deviation(type: Config['variance_type'], posterior: number, forward: number): number {
  switch (type) {
    case 'fixed_small':
    case 'fixed_small_log':
      return Math.sqrt(Math.max(posterior, leastVariance));
    case 'fixed_large':
    case 'fixed_large_log':
      return Math.sqrt(forward);
    default:
      return type satisfies never;
  }
}

/** Ancestral sampling from the Gaussian posterior q(x_prev | x_t, x0) (Ho et al. 2020, eq. 6 and 7). */
export function* ddpm(schedule: Schedule<Config>, run: SamplerRun): Sampling {
  const { config, alphasCumprod } = schedule;
  const stride = Math.floor(config.num_train_timesteps / schedule.steps);
  return yield* walk(schedule, run, {
    advance(sample, output, index) {
      const timestep = schedule.timesteps[index] as number;
      const level = trainingLevel(alphasCumprod, timestep);
      const power = powerAt(schedule, timestep, 1);
      const nextPower = powerAt(schedule, timestep - stride, 1);
      const kept = power / nextPower; // Signal power kept by the forward step.
      const forward = 1 - kept;
      const remaining = (1 - nextPower) / (1 - power);
      const estimate = toDenoised({ type: config.prediction_type, output, sample, level });
      const denoised = boundDenoised(estimate, config, run.batch ?? 1);
      const mean = [
        [(Math.sqrt(nextPower) * forward) / (1 - power), denoised],
        [Math.sqrt(kept) * remaining, sample],
      ] as const;
      if (timestep === 0) return { next: weightedSum(...mean), denoised };
      const spread = deviation(config.variance_type, remaining * forward, forward);
      return { next: weightedSum(...mean, [spread, run.noise(index)]), denoised };
    },
  });
}
