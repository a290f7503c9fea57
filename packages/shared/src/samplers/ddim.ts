import { residualNoise, toDenoised, toEpsilon } from '../parameterization.ts';
import type { ConfigOf } from '../schedulers/config.ts';
import { trainingLevel } from '../schedulers/noise.ts';
import type { Schedule } from '../schedulers/schedule.ts';
import { boundDenoised } from './bound-denoised.ts';
import { powerAt, type SamplerRun, type Sampling, walk } from './sampler.ts';
import { type Term, weightedSum } from './weighted-sum.ts';

/** Deterministic steps for eta 0, ancestral ones for eta 1 (Song et al. 2021, eq. 12 and 16). */
export function* ddim(schedule: Schedule<ConfigOf<'DDIMScheduler'>>, run: SamplerRun): Sampling {
  const { config, alphasCumprod } = schedule;
  const stride = Math.floor(config.num_train_timesteps / schedule.steps);
  const finalPower = config.set_alpha_to_one ? 1 : (alphasCumprod[0] as number);
  return yield* walk(schedule, run, {
    advance(sample, output, index) {
      const timestep = schedule.timesteps[index] as number;
      const level = trainingLevel(alphasCumprod, timestep);
      const power = powerAt(schedule, timestep, finalPower);
      const nextPower = powerAt(schedule, timestep - stride, finalPower);
      const prediction = { type: config.prediction_type, output, sample, level };
      const denoised = boundDenoised(toDenoised(prediction), config, run.batch ?? 1);
      const direction = run.useClippedModelOutput
        ? residualNoise(sample, denoised, level)
        : toEpsilon(prediction);
      const variance = ((1 - nextPower) / (1 - power)) * (1 - power / nextPower);
      const deviation = (run.eta ?? 0) * Math.sqrt(variance);
      const mean: readonly Term[] = [
        [Math.sqrt(nextPower), denoised],
        [Math.sqrt(1 - nextPower - deviation * deviation), direction],
      ];
      const next = deviation > 0 ? weightedSum(...mean, [deviation, run.noise(index)]) : weightedSum(...mean);
      return { next, denoised };
    },
  });
}
