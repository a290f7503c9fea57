import { describe, expect, test } from 'vitest';
import { parseSchedulerConfig, schedulerNames } from './config.ts';
import { parsePythonJson } from './python-json.ts';

describe('parseSchedulerConfig', () => {
  test('fills absent and null values with the defaults of the class', () => {
    const saved = {
      _class_name: 'PNDMScheduler',
      beta_end: 0.012,
      trained_betas: null,
      timestep_spacing: null,
    };
    expect(parseSchedulerConfig(saved)).toEqual({
      _class_name: 'PNDMScheduler',
      num_train_timesteps: 1000,
      beta_start: 0.0001,
      beta_end: 0.012,
      beta_schedule: 'linear',
      prediction_type: 'epsilon',
      steps_offset: 0,
      timestep_spacing: 'leading',
      skip_prk_steps: false,
      set_alpha_to_one: false,
    });
  });

  test('takes another class on the same file, whose own defaults then fill the gaps', () => {
    const saved = { _class_name: 'PNDMScheduler', skip_prk_steps: true, _diffusers_version: '0.6.0' };
    const config = parseSchedulerConfig(saved, 'EulerDiscreteScheduler');
    expect(config.timestep_spacing).toBe('linspace');
    expect(config).not.toHaveProperty('skip_prk_steps');
  });

  test('knows every class with nothing but its name', () => {
    for (const name of schedulerNames)
      expect(parseSchedulerConfig({ _class_name: name })._class_name).toBe(name);
    expect(schedulerNames).toHaveLength(11);
  });

  test('ends noise-predicting solvers at sigma_min, where their formula stays finite', () => {
    const parsed = (algorithm_type: string) =>
      parseSchedulerConfig({ algorithm_type }, 'DPMSolverMultistepScheduler');
    expect(parsed('dpmsolver')).toHaveProperty('final_sigmas_type', 'sigma_min');
    expect(parsed('dpmsolver++')).toHaveProperty('final_sigmas_type', 'zero');
  });

  test.each([
    [
      { _class_name: 'KarrasVeScheduler' },
      /_class_name "KarrasVeScheduler" is unknown, expected one of DDPMScheduler,/,
    ],
    [{}, /_class_name undefined is unknown/],
    [null, /expected an object, got null/],
    [{ _class_name: 'DDIMScheduler', beta_start: 'small' }, /DDIMScheduler: beta_start: .*expected number/],
    [{ _class_name: 'DDIMScheduler', timestep_spacing: 'even' }, /timestep_spacing: .*"linspace"/],
    [{ _class_name: 'EulerDiscreteScheduler', use_beta_sigmas: true }, /use_beta_sigmas: is not supported/],
    [
      { _class_name: 'DDIMScheduler', rescale_betas_zero_snr: true },
      /needs prediction_type v_prediction or sample/,
    ],
    [
      { _class_name: 'DPMSolverMultistepScheduler', algorithm_type: 'dpmsolver', final_sigmas_type: 'zero' },
      /needs final_sigmas_type sigma_min, got zero/,
    ],
  ])('refuses %j', (json, message) => {
    expect(() => parseSchedulerConfig(json)).toThrow(
      expect.objectContaining({ code: 'model_unsupported', message: expect.stringMatching(message) }),
    );
  });
});

describe('parsePythonJson', () => {
  test('reads the infinities of saved configurations, but not those inside strings', () => {
    const text =
      '{"lambda_min_clipped": -Infinity, "high": Infinity, "gone": NaN, "note": "NaN \\" -Infinity"}';
    expect(parsePythonJson(text)).toEqual({
      lambda_min_clipped: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      gone: null,
      note: 'NaN " -Infinity',
    });
  });

  test('refuses what is not JSON', () => {
    expect(() => parsePythonJson('{"a": Inf}')).toThrow(SyntaxError);
  });
});
