import { parseSchedulerConfig, type SchedulerName } from '@darkroom/shared/schedulers/config';
import { makeSchedule } from '@darkroom/shared/schedulers/schedule';
import { describe, expect, it } from 'vitest';
import { beginOf, blendByMask, hideMasked, noised, resizeMaskNearest, sampleLatent } from './latents.ts';
import { seededNoise } from './noise.ts';

const schedule = (steps: number, name: SchedulerName = 'DDIMScheduler') =>
  makeSchedule(parseSchedulerConfig({}, name), steps);

describe('latents', () => {
  it('are drawn from their Gaussian, or are its mean when it is a point', () => {
    const mean = Float32Array.of(1, 2);
    const logvar = Float32Array.of(0, 2 * Math.log(3));
    expect(Array.from(sampleLatent({ mean, logvar }, () => Float32Array.of(1, 1)))).toEqual([
      2,
      expect.closeTo(5, 5),
    ]);
    expect(sampleLatent({ mean }, () => expect.fail('no noise is needed'))).toBe(mean);
  });

  it.each([
    [50, 0.8, 10],
    [3, 0.75, 1],
    [5, 0.6, 2],
    [5, 1, 0],
    [10, 0.01, 9],
  ])('of %i steps at strength %f begin at %i', (steps, strength, begin) => {
    expect(beginOf(schedule(steps), strength)).toBe(begin);
  });

  it('begin at whole steps where a step takes two evaluations', () => {
    expect(beginOf(schedule(5, 'HeunDiscreteScheduler'), 0.6)).toBe(4);
    expect(() => beginOf(schedule(5), 0)).toThrow(/strength/);
  });

  it.each([
    [0.9, 0],
    [0.7, 4],
    [0.5, 8],
    [0.3, 14],
  ])(
    "at strength %f begin at %i of PNDM's evaluations, never within a Runge-Kutta block",
    (strength, begin) => {
      const config = parseSchedulerConfig({ skip_prk_steps: false }, 'PNDMScheduler');
      expect(beginOf(makeSchedule(config, 20), strength)).toBe(begin);
    },
  );

  it('stay clean past the last evaluation', () => {
    const latent = Float32Array.of(1, -1);
    const noise = Float32Array.of(5, 5);
    expect(noised(schedule(4), 4, { latent, noise })).toEqual(latent);
    expect(noised(schedule(4), 0, { latent, noise })).not.toEqual(latent);
  });
});

describe('masks', () => {
  const mask = { data: Float32Array.of(0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1), width: 4, height: 4 };

  it('shrink to the cell above and to the left', () => {
    expect(resizeMaskNearest(mask, { width: 2, height: 2 }).data).toEqual(Float32Array.of(0, 0, 0, 0));
    expect(resizeMaskNearest(mask, { width: 4, height: 2 }).data).toEqual(
      Float32Array.of(0, 1, 0, 0, 0, 0, 0, 1),
    );
  });

  it('hide a picture in grey and blend two, the same in all channels', () => {
    const small = { data: Float32Array.of(1, 0), width: 2, height: 1 };
    const image = { data: Float32Array.of(9, 8, 7, 6), width: 2, height: 1 };
    expect(hideMasked(image, small).data).toEqual(Float32Array.of(0, 8, 0, 6));
    expect(blendByMask(small.data, image.data, Float32Array.of(1, 2, 3, 4))).toEqual(
      Float32Array.of(9, 2, 7, 4),
    );
    expect(() => hideMasked(image, mask)).toThrow(/expected 2×1, got 4×4/);
  });
});

describe('seeded noise', () => {
  it('depends on seed, image and use alone', () => {
    const noise = seededNoise(3, 0);
    expect(noise(2, 4)).toEqual(seededNoise(3, 0)(2, 4));
    const others = [
      noise('initial', 4),
      noise('image', 4),
      noise('masked_image', 4),
      noise(0, 4),
      seededNoise(3, 1)(0, 4),
      seededNoise(4, 0)(0, 4),
    ];
    expect(new Set(others.map(String)).size).toBe(others.length);
  });
});
