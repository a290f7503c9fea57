import { describe, expect, test } from 'vitest';
import { parseSchedulerConfig } from './config.ts';
import { addNoise, indexOfTimestep, minSnrWeight, snr, trainingLevel, velocity } from './noise.ts';
import { makeSchedule } from './schedule.ts';

const ddim = makeSchedule(parseSchedulerConfig({}, 'DDIMScheduler'), 10);
const heun = makeSchedule(parseSchedulerConfig({}, 'HeunDiscreteScheduler'), 10);

describe('the forward process', () => {
  test('keeps unit power', () => {
    const { signal, noise } = trainingLevel(ddim.alphasCumprod, 500);
    expect(signal ** 2 + noise ** 2).toBeCloseTo(1, 12);
    expect(signal ** 2).toBeCloseTo(0.07779666, 7); // Published for betas 1e-4..0.02 linear.
  });

  test('gives back the clean sample and the noise from the velocity', () => {
    const original = Float32Array.of(1, -2);
    const noise = Float32Array.of(0.5, 0.25);
    const { signal, noise: share } = trainingLevel(ddim.alphasCumprod, 300);
    const noisy = addNoise(ddim, original, noise, 300);
    const v = velocity(ddim, original, noise, 300);
    noisy.forEach((x, i) => {
      expect(signal * x - share * (v[i] as number)).toBeCloseTo(original[i] as number, 6);
      expect(share * x + signal * (v[i] as number)).toBeCloseTo(noise[i] as number, 6);
    });
  });

  test('takes the second of two equal timesteps, whose sigma the next step starts from', () => {
    expect(indexOfTimestep(heun, heun.timesteps[3] as number)).toBe(4);
    expect(indexOfTimestep(heun, heun.timesteps[0] as number)).toBe(0);
  });

  test('names a timestep that the run does not visit', () => {
    expect(() => indexOfTimestep(heun, 12)).toThrow(/^timestep: 12 is not one of/);
    expect(() => trainingLevel(ddim.alphasCumprod, 1000)).toThrow(
      'expected a whole number in 0..999, got 1000',
    );
  });

  test('has the ratio of powers as its signal-to-noise ratio', () => {
    const power = ddim.alphasCumprod[500] as number;
    expect(snr(ddim.alphasCumprod, 500)).toBeCloseTo(power / (1 - power), 9);
  });
});

describe('the min-SNR weight', () => {
  test.each([0, 0.01, 1, 5, 400])(
    'weighs the same clean-sample error alike in every parameterization (snr %s)',
    (ratio) => {
      // Errors of one network: |eps error|² = snr |x0 error|², |v error|² = (snr + 1) |x0 error|².
      const weight = minSnrWeight(ratio, 5, 'sample');
      expect(weight).toBe(Math.min(ratio, 5));
      expect(minSnrWeight(ratio, 5, 'epsilon') * ratio).toBeCloseTo(weight, 12);
      expect(minSnrWeight(ratio, 5, 'v_prediction') * (ratio + 1)).toBeCloseTo(weight, 12);
    },
  );
});
