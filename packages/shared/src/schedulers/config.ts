/** Scheduler configurations as diffusers saves them in `scheduler_config.json`; field names are the file's. */
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { predictionTypes } from '../parameterization.ts';

const flag = z.boolean().default(false);
/** An option of newer library versions that changes the numbers and is not implemented here. */
const mustBeOff = z.literal(false, { error: 'is not supported and must be false or absent' }).default(false);

const training = {
  num_train_timesteps: z.int().min(2).max(100_000).default(1000),
  beta_start: z.number().gt(0).lt(1).default(0.0001),
  beta_end: z.number().gt(0).lt(1).default(0.02),
  beta_schedule: z.enum(['linear', 'scaled_linear', 'squaredcos_cap_v2', 'exp', 'sigmoid']).default('linear'),
  trained_betas: z.array(z.number().gte(0).lte(1)).min(2).max(100_000).optional(),
  prediction_type: z.enum(predictionTypes).default('epsilon'),
  steps_offset: z.int().min(0).max(1000).default(0),
};
const leading = { timestep_spacing: z.enum(['linspace', 'leading', 'trailing']).default('leading') };
const linspace = { timestep_spacing: z.enum(['linspace', 'leading', 'trailing']).default('linspace') };
const zeroSnr = { rescale_betas_zero_snr: flag };
const thresholding = {
  thresholding: flag,
  dynamic_thresholding_ratio: z.number().gt(0).lte(1).default(0.995),
  sample_max_value: z.number().gt(0).default(1),
};
const clipping = { clip_sample_range: z.number().gt(0).default(1) };
const sigmaSpacing = {
  use_karras_sigmas: flag,
  use_exponential_sigmas: flag,
  use_beta_sigmas: mustBeOff,
};
const sigmaRange = { sigma_min: z.number().gt(0).optional(), sigma_max: z.number().gt(0).optional() };
const solver = {
  ...training,
  ...linspace,
  ...thresholding,
  ...sigmaSpacing,
  use_flow_sigmas: mustBeOff,
  solver_order: z.int().min(1).max(3).default(2),
  lower_order_final: z.boolean().default(true),
};
/** Where the last step ends: at sigma 0 (an exact x0) or at the sigma of training timestep 0. */
const finalSigmas = z.enum(['zero', 'sigma_min']);
/**
 * `last`, our name for what library versions without this option did: sigma_min, but respaced sigmas end with their own
 * last value once more.
 */
const finalSolverSigmas = z.enum(['zero', 'sigma_min', 'last']);

const Ddpm = z.object({
  _class_name: z.literal('DDPMScheduler'),
  ...training,
  ...leading,
  ...zeroSnr,
  ...thresholding,
  ...clipping,
  clip_sample: z.boolean().default(true),
  variance_type: z
    .enum(['fixed_small', 'fixed_small_log', 'fixed_large', 'fixed_large_log'])
    .default('fixed_small'),
});
const Ddim = z.object({
  _class_name: z.literal('DDIMScheduler'),
  ...training,
  ...leading,
  ...zeroSnr,
  ...thresholding,
  ...clipping,
  clip_sample: z.boolean().default(true),
  set_alpha_to_one: z.boolean().default(true),
});
const Pndm = z.object({
  _class_name: z.literal('PNDMScheduler'),
  ...training,
  ...leading,
  skip_prk_steps: flag,
  set_alpha_to_one: flag,
});
const Euler = z.object({
  _class_name: z.literal('EulerDiscreteScheduler'),
  ...training,
  ...linspace,
  ...zeroSnr,
  ...sigmaSpacing,
  ...sigmaRange,
  interpolation_type: z.enum(['linear', 'log_linear']).default('linear'),
  timestep_type: z.literal('discrete').default('discrete'),
  final_sigmas_type: finalSigmas.default('zero'),
});
const EulerAncestral = z.object({
  _class_name: z.literal('EulerAncestralDiscreteScheduler'),
  ...training,
  ...linspace,
  ...zeroSnr,
});
const Heun = z.object({
  _class_name: z.literal('HeunDiscreteScheduler'),
  ...training,
  ...linspace,
  ...sigmaSpacing,
  ...clipping,
  clip_sample: flag,
});
const Lms = z.object({
  _class_name: z.literal('LMSDiscreteScheduler'),
  ...training,
  ...linspace,
  ...sigmaSpacing,
});
const DpmSolver = z.object({
  _class_name: z.literal('DPMSolverMultistepScheduler'),
  ...solver,
  ...zeroSnr,
  algorithm_type: z
    .enum(['dpmsolver++', 'dpmsolver', 'sde-dpmsolver++', 'sde-dpmsolver'])
    .default('dpmsolver++'),
  solver_type: z.enum(['midpoint', 'heun']).default('midpoint'),
  euler_at_final: flag,
  use_lu_lambdas: flag,
  final_sigmas_type: finalSolverSigmas.optional(),
  lambda_min_clipped: z.number().default(Number.NEGATIVE_INFINITY),
  variance_type: z.never({ error: 'learned variances are not supported' }).optional(),
});
const UniPc = z.object({
  _class_name: z.literal('UniPCMultistepScheduler'),
  ...solver,
  ...zeroSnr,
  predict_x0: z.boolean().default(true),
  solver_type: z.enum(['bh1', 'bh2']).default('bh2'),
  disable_corrector: z.array(z.int().min(0)).max(1000).default([]),
  solver_p: z.never({ error: 'an external predictor is not supported' }).optional(),
  final_sigmas_type: finalSolverSigmas.default('zero'),
});
const Deis = z.object({
  _class_name: z.literal('DEISMultistepScheduler'),
  ...solver,
  algorithm_type: z.enum(['deis']).default('deis'),
});
const Lcm = z.object({
  _class_name: z.literal('LCMScheduler'),
  ...training,
  ...leading,
  ...zeroSnr,
  ...thresholding,
  ...clipping,
  beta_start: training.beta_start.default(0.00085),
  beta_end: training.beta_end.default(0.012),
  beta_schedule: training.beta_schedule.default('scaled_linear'),
  clip_sample: flag,
  set_alpha_to_one: z.boolean().default(true),
  original_inference_steps: z.int().min(1).max(1000).default(50),
  timestep_scaling: z.number().gt(0).default(10),
});

export const SchedulerConfig = z.discriminatedUnion('_class_name', [
  Ddpm,
  Ddim,
  Pndm,
  Euler,
  EulerAncestral,
  Heun,
  Lms,
  DpmSolver,
  UniPc,
  Deis,
  Lcm,
]);
export type SchedulerConfig = z.infer<typeof SchedulerConfig>;
export type SchedulerName = SchedulerConfig['_class_name'];
/** The configuration of one class. */
export type ConfigOf<N extends SchedulerName> = Extract<SchedulerConfig, { readonly _class_name: N }>;

/** The known values of `_class_name`. */
export const schedulerNames: readonly SchedulerName[] = SchedulerConfig.options.map(
  (option) => option.shape._class_name.value,
);

/** Null and infinite values mean "the default", as they do in the saved files. */
function withoutEmptyValues(config: object): { _class_name?: unknown; [key: string]: unknown } {
  const isGiven = (value: unknown) =>
    value !== null && !(typeof value === 'number' && !Number.isFinite(value));
  return Object.fromEntries(Object.entries(config).filter(([, value]) => isGiven(value)));
}

function refuse(message: string): never {
  throw new AppError('model_unsupported', { message: `scheduler config: ${message}` });
}

/** Combinations that would divide by zero somewhere in a loop. */
function checkCombination(config: SchedulerConfig): SchedulerConfig {
  switch (config._class_name) {
    case 'DDPMScheduler':
    case 'DDIMScheduler':
    case 'LCMScheduler':
      if (config.rescale_betas_zero_snr && config.prediction_type === 'epsilon')
        refuse(
          'rescale_betas_zero_snr needs prediction_type v_prediction or sample: at zero SNR the noise says nothing',
        );
      return config;
    case 'DPMSolverMultistepScheduler': {
      const isData = config.algorithm_type.endsWith('++');
      if (!isData && config.final_sigmas_type === 'zero')
        refuse(`algorithm_type ${config.algorithm_type} needs final_sigmas_type sigma_min, got zero`);
      if (config.algorithm_type === 'sde-dpmsolver' && config.solver_order === 3)
        refuse('algorithm_type sde-dpmsolver has solver_order 1 or 2, got 3');
      return { ...config, final_sigmas_type: config.final_sigmas_type ?? (isData ? 'zero' : 'sigma_min') };
    }
    default:
      return config;
  }
}

/**
 * Reads a `scheduler_config.json` object. Values that are absent or null take the constructor default of the class,
 * unknown keys are ignored, and `className` replaces the file's `_class_name` (the way to try another sampler on a model).
 *
 * @throws AppError `model_unsupported` naming the field and what was expected, or listing the known classes.
 */
export function parseSchedulerConfig(json: unknown, className?: SchedulerName): SchedulerConfig {
  if (typeof json !== 'object' || json === null) refuse(`expected an object, got ${JSON.stringify(json)}`);
  const given = withoutEmptyValues(json);
  const name = className ?? given._class_name;
  if (!(schedulerNames as readonly unknown[]).includes(name))
    refuse(`_class_name ${JSON.stringify(name)} is unknown, expected one of ${schedulerNames.join(', ')}`);
  const parsed = SchedulerConfig.safeParse({ ...given, _class_name: name });
  if (parsed.success) return checkCombination(parsed.data);
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return refuse(`${String(name)}: ${issues.join('; ')}`);
}
