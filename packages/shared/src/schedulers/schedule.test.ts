import { describe, expect, test } from 'vitest';
import { parseSchedulerConfig, type SchedulerName, schedulerNames } from './config.ts';
import { makeSchedule } from './schedule.ts';

const stableDiffusion = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' };

function timestepsOf(name: SchedulerName, steps: number, settings: object = {}): number[] {
  return [...makeSchedule(parseSchedulerConfig({ ...stableDiffusion, ...settings }, name), steps).timesteps];
}

describe('a schedule', () => {
  test('gives the published timesteps of DDIM', () => {
    expect(timestepsOf('DDIMScheduler', 5, { steps_offset: 1 })).toEqual([801, 601, 401, 201, 1]);
    expect(timestepsOf('DDIMScheduler', 25, { timestep_spacing: 'linspace' }).slice(0, 6)).toEqual([
      999, 957, 916, 874, 832, 791,
    ]);
  });

  test('gives the published timesteps of PNDM with its Runge-Kutta start', () => {
    expect(timestepsOf('PNDMScheduler', 10, { steps_offset: 1 })).toEqual([
      901, 851, 851, 801, 801, 751, 751, 701, 701, 651, 651, 601, 601, 501, 401, 301, 201, 101, 1,
    ]);
  });

  test('gives the published timesteps of LCM', () => {
    expect(timestepsOf('LCMScheduler', 4)).toEqual([999, 759, 499, 259]);
  });

  test('gives the published timesteps of DPM-Solver', () => {
    const leading = timestepsOf('DPMSolverMultistepScheduler', 20, {
      timestep_spacing: 'leading',
      steps_offset: 1,
    });
    expect([...leading.slice(0, 3), ...leading.slice(-2)]).toEqual([941, 894, 847, 95, 48]);
    expect(timestepsOf('DPMSolverMultistepScheduler', 20).slice(0, 11)).toEqual([
      999, 949, 899, 849, 799, 749, 699, 649, 599, 549, 500,
    ]);
  });

  test('starts below the clipped lambda', () => {
    const clipped = timestepsOf('DPMSolverMultistepScheduler', 10, { lambda_min_clipped: -2 });
    const schedule = makeSchedule(parseSchedulerConfig(stableDiffusion, 'DPMSolverMultistepScheduler'), 10);
    const power = schedule.alphasCumprod[clipped[0] as number] as number;
    expect(Math.log(power / (1 - power)) / 2).toBeGreaterThanOrEqual(-2);
    expect(clipped[0]).toBeLessThan(999);
  });

  test('keeps no signal at the last timestep with zero terminal SNR, and the first as it was', () => {
    const settings = { ...stableDiffusion, rescale_betas_zero_snr: true, prediction_type: 'v_prediction' };
    const { alphasCumprod } = makeSchedule(parseSchedulerConfig(settings, 'DDIMScheduler'), 1);
    expect(alphasCumprod[999]).toBe(0);
    expect(alphasCumprod[998]).toBeCloseTo(1.96789e-7, 11);
    expect(alphasCumprod[0]).toBeCloseTo(0.99915, 6);
    const euler = makeSchedule(parseSchedulerConfig(settings, 'EulerDiscreteScheduler'), 10);
    expect(euler.sigmas?.[0]).toBeCloseTo(4096, 1);
  });

  test('starts the sigma classes at the published noise', () => {
    const start = (settings: object) =>
      makeSchedule(parseSchedulerConfig({ ...stableDiffusion, ...settings }, 'EulerDiscreteScheduler'), 1000)
        .initNoiseSigma;
    expect(start({})).toBeCloseTo(14.614645, 5);
    expect(start({ timestep_spacing: 'leading' })).toBeCloseTo(14.648817, 5);
  });
});

describe('any schedule', () => {
  test.each([0, 1001, 2.5, Number.NaN])('refuses %s steps', (steps) => {
    for (const name of schedulerNames)
      expect(() => timestepsOf(name, steps)).toThrow(/^steps: expected a whole number in 1..1000/);
  });

  test('refuses steps that a class cannot take', () => {
    expect(() => timestepsOf('LCMScheduler', 51)).toThrow('LCM takes at most 50 steps, got 51');
    expect(() => timestepsOf('PNDMScheduler', 3)).toThrow('needs at least 4 steps, got 3');
    expect(() => timestepsOf('DDIMScheduler', 1000, { steps_offset: 1 })).toThrow(
      'schedule reaches timestep 1000, expected 0..999',
    );
  });

  test.each(schedulerNames)('falls at every number of steps (%s)', (name) => {
    for (let steps = 4; steps <= 50; steps++) {
      const settings = { skip_prk_steps: true };
      const timesteps = timestepsOf(name, steps, settings);
      timesteps.slice(1).forEach((t, i) => {
        expect(t).toBeLessThanOrEqual(timesteps[i] as number);
      });
    }
  });

  test.each(['linear', 'scaled_linear', 'squaredcos_cap_v2', 'exp', 'sigmoid'])(
    'has falling signal with %s betas',
    (beta_schedule) => {
      const config = parseSchedulerConfig({ beta_schedule }, 'DDPMScheduler');
      const { alphasCumprod } = makeSchedule(config, 10);
      alphasCumprod.slice(1).forEach((power, i) => {
        expect(power).toBeLessThan(alphasCumprod[i] as number);
        expect(power).toBeGreaterThan(0);
      });
    },
  );

  test('uses trained betas as they are', () => {
    const config = parseSchedulerConfig(
      { trained_betas: [0.5, 0.5], num_train_timesteps: 2 },
      'DDPMScheduler',
    );
    expect([...makeSchedule(config, 1).alphasCumprod]).toEqual([0.5, 0.25]);
  });
});
