import { describe, expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { presetConfig, schedulerPresetNames } from './presets.ts';
import { makeSchedule } from './schedule.ts';

const stableDiffusion = {
  _class_name: 'PNDMScheduler',
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
  skip_prk_steps: true,
  set_alpha_to_one: false,
  steps_offset: 1,
  clip_sample: false,
};

describe('presetConfig', () => {
  test.each(schedulerPresetNames)('samples Stable Diffusion with %s', (name) => {
    const config = presetConfig(stableDiffusion, name);
    expect(config).toMatchObject({ beta_start: 0.00085, beta_schedule: 'scaled_linear', steps_offset: 1 });
    expect(makeSchedule(config, 8).timesteps.length).toBeGreaterThanOrEqual(8);
  });

  test('lays its settings over the saved ones', () => {
    const saved = { ...stableDiffusion, use_karras_sigmas: true };
    expect(presetConfig(saved, 'dpmpp_2m')).toHaveProperty('use_karras_sigmas', false);
    expect(presetConfig(saved, 'dpmpp_2m_karras')).toHaveProperty('use_karras_sigmas', true);
  });

  test('does not carry a solver type of one class over to another', () => {
    const saved = { _class_name: 'UniPCMultistepScheduler', solver_type: 'bh1' };
    expect(presetConfig(saved, 'dpmpp_2m')).toHaveProperty('solver_type', 'midpoint');
    expect(presetConfig(saved, 'unipc')).toHaveProperty('solver_type', 'bh1');
  });

  test('keeps what the network predicts', () => {
    const saved = { ...stableDiffusion, prediction_type: 'v_prediction' };
    for (const name of schedulerPresetNames)
      expect(presetConfig(saved, name).prediction_type).toBe('v_prediction');
  });

  test.each(['pndm', 'heun', 'lms', 'deis'] as const)('refuses %s for a zero-SNR model', (name) => {
    const saved = {
      _class_name: 'DDIMScheduler',
      rescale_betas_zero_snr: true,
      prediction_type: 'v_prediction',
    };
    expect(() => presetConfig(saved, name)).toThrow(AppError);
    expect(() => presetConfig(saved, name)).toThrow(/rescale_betas_zero_snr/);
    expect(presetConfig(saved, 'euler')).toHaveProperty('rescale_betas_zero_snr', true);
  });

  test('leaves out the Runge-Kutta start of PNDM unless the model has it', () => {
    const { skip_prk_steps: _, ...without } = stableDiffusion;
    expect(presetConfig(without, 'pndm')).toHaveProperty('skip_prk_steps', true);
    expect(presetConfig({ ...without, skip_prk_steps: false }, 'pndm')).toHaveProperty(
      'skip_prk_steps',
      false,
    );
  });
});
