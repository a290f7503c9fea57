/** The scheduler names that a request may carry: a class and the settings that make the named method of it. */
import { AppError } from '../errors.ts';
import { parseSchedulerConfig, type SchedulerConfig, type SchedulerName } from './config.ts';

export interface SchedulerPreset {
  readonly className: SchedulerName;
  /** Laid over the model's own scheduler configuration. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Laid under it: for keys that the model's own configuration lacks. */
  readonly fallback?: Readonly<Record<string, unknown>>;
}

const plain = { use_karras_sigmas: false };
const karras = { use_karras_sigmas: true };
const ode = { algorithm_type: 'dpmsolver++', solver_order: 2 };
const sde = { algorithm_type: 'sde-dpmsolver++', solver_order: 2 };

export const schedulerPresets = {
  ddpm: { className: 'DDPMScheduler', settings: {} },
  ddim: { className: 'DDIMScheduler', settings: {} },
  // Without the Runge-Kutta start unless the model asks for it: a run may begin at any step then.
  pndm: { className: 'PNDMScheduler', settings: {}, fallback: { skip_prk_steps: true } },
  euler: { className: 'EulerDiscreteScheduler', settings: plain },
  euler_karras: { className: 'EulerDiscreteScheduler', settings: karras },
  euler_ancestral: { className: 'EulerAncestralDiscreteScheduler', settings: {} },
  heun: { className: 'HeunDiscreteScheduler', settings: plain },
  lms: { className: 'LMSDiscreteScheduler', settings: plain },
  dpmpp_2m: { className: 'DPMSolverMultistepScheduler', settings: { ...ode, ...plain } },
  dpmpp_2m_karras: { className: 'DPMSolverMultistepScheduler', settings: { ...ode, ...karras } },
  dpmpp_2m_sde: { className: 'DPMSolverMultistepScheduler', settings: { ...sde, ...plain } },
  dpmpp_2m_sde_karras: { className: 'DPMSolverMultistepScheduler', settings: { ...sde, ...karras } },
  unipc: { className: 'UniPCMultistepScheduler', settings: plain },
  deis: { className: 'DEISMultistepScheduler', settings: plain },
  lcm: { className: 'LCMScheduler', settings: {} },
} as const satisfies Record<string, SchedulerPreset>;

export type SchedulerPresetName = keyof typeof schedulerPresets;

/** All preset names, in the table's order. */
export const schedulerPresetNames = Object.keys(schedulerPresets) as [
  SchedulerPresetName,
  ...SchedulerPresetName[],
];

/**
 * A model's saved scheduler configuration, sampled with a named method; its noise schedule and parameterization stay.
 *
 * @throws AppError `model_unsupported` when the method cannot serve that model.
 */
export function presetConfig(saved: object, preset: SchedulerPresetName): SchedulerConfig {
  const { className, settings, fallback }: SchedulerPreset = schedulerPresets[preset];
  const config = parseSchedulerConfig(
    { ...fallback, ...saved, ...forClass(saved, className), ...settings },
    className,
  );
  const isRescaled = 'rescale_betas_zero_snr' in saved && saved.rescale_betas_zero_snr === true;
  if (isRescaled && !('rescale_betas_zero_snr' in config)) {
    const message = `scheduler ${preset}: the model was trained with rescale_betas_zero_snr, which ${className} lacks`;
    throw new AppError('model_unsupported', { message });
  }
  return config;
}

/** Settings whose values mean other things to other classes do not carry over. */
function forClass(saved: { readonly _class_name?: unknown }, className: SchedulerName): Record<string, null> {
  return saved._class_name === className ? {} : { solver_type: null, algorithm_type: null };
}
