import { toDenoised } from '../parameterization.ts';
import type { ConfigOf } from '../schedulers/config.ts';
import type { Schedule } from '../schedulers/schedule.ts';
import { sigmaInputScale } from './euler.ts';
import { type SamplerRun, type Sampling, sigmaAt, walk } from './sampler.ts';
import { weightedSum } from './weighted-sum.ts';

/** Euler to a lower sigma than the next one, then fresh noise up to it: sigma_next² = down² + up². */
export function* eulerAncestral(
  schedule: Schedule<ConfigOf<'EulerAncestralDiscreteScheduler'>>,
  run: SamplerRun,
): Sampling {
  const type = schedule.config.prediction_type;
  return yield* walk(schedule, run, {
    inputScale: (index) => sigmaInputScale(sigmaAt(schedule, index)),
    advance(sample, output, index) {
      const from = sigmaAt(schedule, index);
      const to = sigmaAt(schedule, index + 1);
      const up = (to * Math.sqrt(from * from - to * to)) / from;
      const down = Math.sqrt(to * to - up * up);
      const denoised = toDenoised({ type, output, sample, level: { signal: 1, noise: from } });
      const mean = [
        [down / from, sample],
        [1 - down / from, denoised],
      ] as const;
      const next = up > 0 ? weightedSum(...mean, [up, run.noise(index)]) : weightedSum(...mean);
      return { next, denoised };
    },
  });
}
