import { diffuse, toDenoised } from '../parameterization.ts';
import type { ConfigOf } from '../schedulers/config.ts';
import { trainingLevel } from '../schedulers/noise.ts';
import type { Schedule } from '../schedulers/schedule.ts';
import { boundDenoised } from './bound-denoised.ts';
import { type SamplerRun, type Sampling, walk } from './sampler.ts';
import { weightedSum } from './weighted-sum.ts';

/** Standard deviation of the data that the boundary condition assumes. */
const dataDeviation = 0.5;

/** Latent consistency: jump to the clean sample, noise it to the next timestep, repeat (Luo et al. 2023, algorithm 3). */
export function* lcm(schedule: Schedule<ConfigOf<'LCMScheduler'>>, run: SamplerRun): Sampling {
  const { config, alphasCumprod, timesteps } = schedule;
  return yield* walk(schedule, run, {
    advance(sample, output, index) {
      const timestep = timesteps[index] as number;
      const level = trainingLevel(alphasCumprod, timestep);
      const estimate = toDenoised({ type: config.prediction_type, output, sample, level });
      const bounded = boundDenoised(estimate, config, run.batch ?? 1);
      // Skip connection that makes the map the identity at timestep 0.
      const scaled = timestep * config.timestep_scaling;
      const power = scaled * scaled + dataDeviation * dataDeviation;
      const denoised = weightedSum(
        [scaled / Math.sqrt(power), bounded],
        [(dataDeviation * dataDeviation) / power, sample],
      );
      const following = timesteps[index + 1];
      if (following === undefined) return { next: denoised, denoised };
      return { next: diffuse(denoised, run.noise(index), trainingLevel(alphasCumprod, following)), denoised };
    },
  });
}
