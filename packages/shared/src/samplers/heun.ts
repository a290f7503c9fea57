import { residualNoise, toDenoised } from '../parameterization.ts';
import type { ConfigOf } from '../schedulers/config.ts';
import type { Schedule } from '../schedulers/schedule.ts';
import { boundDenoised } from './bound-denoised.ts';
import { sigmaInputScale } from './euler.ts';
import { type SamplerRun, type Sampling, sigmaAt, walk } from './sampler.ts';
import { weightedSum } from './weighted-sum.ts';

/** The first half of a step, kept for its second half. */
interface Prediction {
  readonly start: Float32Array;
  readonly slope: Float32Array;
  readonly stride: number;
}

/** Heun's second-order steps in sigma: an Euler prediction, then the mean of both slopes (Karras et al. 2022, alg. 1). */
export function* heun(schedule: Schedule<ConfigOf<'HeunDiscreteScheduler'>>, run: SamplerRun): Sampling {
  const { config } = schedule;
  let prediction: Prediction | undefined;
  return yield* walk(schedule, run, {
    inputScale: (index) => sigmaInputScale(sigmaAt(schedule, index)),
    advance(sample, output, index) {
      const level = { signal: 1, noise: sigmaAt(schedule, index) };
      const estimate = toDenoised({ type: config.prediction_type, output, sample, level });
      const denoised = boundDenoised(estimate, config, run.batch ?? 1);
      const slope = residualNoise(sample, denoised, level);
      if (prediction) {
        const { start, slope: first, stride } = prediction;
        prediction = undefined;
        return { next: weightedSum([1, start], [stride / 2, first], [stride / 2, slope]), denoised };
      }
      const stride = sigmaAt(schedule, index + 1) - level.noise;
      const isLast = index === schedule.timesteps.length - 1;
      prediction = isLast ? undefined : { start: sample, slope, stride };
      return { next: weightedSum([1, sample], [stride, slope]), denoised };
    },
  });
}
