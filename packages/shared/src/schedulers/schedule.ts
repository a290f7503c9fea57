/** A schedule: everything about a sampling run that follows from the configuration and the number of steps. */
import { AppError } from '../errors.ts';
import { alphasCumprod } from './betas.ts';
import type { ConfigOf, SchedulerConfig } from './config.ts';
import { linspace } from './linspace.ts';
import { type SigmaRange, sigmasAt, sigmaTable, spacedSigmas, timestepOfSigma } from './sigmas.ts';
import {
  fractionalTimesteps,
  lcmTimesteps,
  pndmTimesteps,
  solverTimesteps,
  wholeTimesteps,
} from './timesteps.ts';

export interface Schedule<C extends SchedulerConfig = SchedulerConfig> {
  readonly config: C;
  /** The number of steps asked for; the network runs once per entry of `timesteps`. */
  readonly steps: number;
  /** Training timestep of every network evaluation, falling; fractional for some classes: pass it on unrounded. */
  readonly timesteps: Float32Array;
  /** Noise-to-signal ratio of every evaluation and of the end; absent in the classes that read `alphasCumprod`. */
  readonly sigmas: Float32Array | undefined;
  /** Pure N(0,1) noise times this is the sample to start from. */
  readonly initNoiseSigma: number;
  /** Signal power of every training timestep; length T. */
  readonly alphasCumprod: Float32Array;
}

type Course = Pick<Schedule, 'sigmas' | 'initNoiseSigma'> & { readonly timesteps: ArrayLike<number> };
type SigmaConfig = ConfigOf<
  | 'EulerDiscreteScheduler'
  | 'EulerAncestralDiscreteScheduler'
  | 'HeunDiscreteScheduler'
  | 'LMSDiscreteScheduler'
>;
type SolverConfig = ConfigOf<
  'DPMSolverMultistepScheduler' | 'UniPCMultistepScheduler' | 'DEISMultistepScheduler'
>;

const { fround, sqrt, log, exp } = Math;

function spacingOf(config: SchedulerConfig, steps: number) {
  const { timestep_spacing: spacing, num_train_timesteps: total, steps_offset: offset } = config;
  return { spacing, total, steps, offset };
}

function spacingName(config: SigmaConfig | SolverConfig): 'karras' | 'exponential' | 'lu' | undefined {
  if ('use_karras_sigmas' in config && config.use_karras_sigmas) return 'karras';
  if ('use_exponential_sigmas' in config && config.use_exponential_sigmas) return 'exponential';
  if ('use_lu_lambdas' in config && config.use_lu_lambdas) return 'lu';
  return undefined;
}

/** A zero signal power has no finite sigma; the reference then keeps this much. */
const leastPower = 2 ** -24;

function tableOf(config: SigmaConfig | SolverConfig, alphas: Float32Array): Float32Array {
  const isRescaled = 'rescale_betas_zero_snr' in config && config.rescale_betas_zero_snr;
  return sigmaTable(isRescaled ? alphas.with(alphas.length - 1, leastPower) : alphas);
}

/** Euler, Heun, LMS: sigmas of the run's own timesteps, or respaced between the largest and smallest of those. */
function sigmaCourse(config: SigmaConfig, steps: number, alphas: Float32Array): Course {
  const table = tableOf(config, alphas);
  let timesteps = fractionalTimesteps(spacingOf(config, steps));
  let sigmas = sigmasAt(table, timesteps);
  const range = { max: sigmas[0] as number, min: sigmas[steps - 1] as number };
  const spacing = spacingName(config);
  if (spacing) {
    sigmas = spacedSigmas(spacing, limitedRange(config, range), steps);
    timesteps = sigmas.map((sigma) => timestepOfSigma(table, sigma));
  } else if (config._class_name === 'EulerDiscreteScheduler' && config.interpolation_type === 'log_linear') {
    sigmas = linspace(log(range.max), log(range.min), steps + 1).map(exp);
  }
  const keepsNoise = 'final_sigmas_type' in config && config.final_sigmas_type === 'sigma_min';
  const course = Float32Array.from([...sigmas, keepsNoise ? (table[0] as number) : 0]);
  const highest = course.reduce((a, b) => Math.max(a, b));
  const initNoiseSigma =
    config.timestep_spacing === 'leading' ? fround(sqrt(fround(fround(highest * highest) + 1))) : highest;
  return config._class_name === 'HeunDiscreteScheduler'
    ? { timesteps: twiceButFirst(timesteps), sigmas: Float32Array.from(twiceInside(course)), initNoiseSigma }
    : { timesteps, sigmas: course, initNoiseSigma };
}

/** Euler's configuration may override the range that Karras sigmas span. */
function limitedRange(config: SigmaConfig, range: SigmaRange): SigmaRange {
  if (config._class_name !== 'EulerDiscreteScheduler') return range;
  return { max: config.sigma_max ?? range.max, min: config.sigma_min ?? range.min };
}

/** Heun evaluates every point but the first twice: as the end of one step and as the start of the next. */
function twiceButFirst(values: readonly number[]): number[] {
  return [...values.slice(0, 1), ...values.slice(1).flatMap((value) => [value, value])];
}

function twiceInside(values: Float32Array): number[] {
  return [...twiceButFirst([...values.slice(0, -1)]), ...values.slice(-1)];
}

/** DPM-Solver, UniPC, DEIS: whole timesteps; respaced sigmas span the whole training range. */
function solverCourse(config: SolverConfig, steps: number, alphas: Float32Array): Course {
  const table = tableOf(config, alphas);
  const spacing = spacingName(config);
  let timesteps = solverTimesteps({ ...spacingOf(config, steps), last: clippedTotal(config, table) });
  let sigmas = sigmasAt(table, timesteps);
  if (spacing) {
    sigmas = spacedSigmas(
      spacing,
      { max: table[table.length - 1] as number, min: table[0] as number },
      steps,
    );
    const isRounded = config.beta_schedule !== 'squaredcos_cap_v2'; // There, rounding makes duplicate timesteps.
    timesteps = sigmas.map((sigma) => timestepOfSigma(table, sigma));
    if (isRounded) timesteps = timesteps.map((t) => Math.round(t));
  }
  return {
    timesteps,
    sigmas: Float32Array.from([...sigmas, finalSigma(config, sigmas, table)]),
    initNoiseSigma: 1,
  };
}

function finalSigma(config: SolverConfig, sigmas: readonly number[], table: Float32Array): number {
  const type = 'final_sigmas_type' in config ? config.final_sigmas_type : 'last';
  if (type === 'zero') return 0;
  const isRepeated = type === 'last' && spacingName(config) !== undefined;
  return (isRepeated ? sigmas[sigmas.length - 1] : table[0]) as number;
}

/** T less the timesteps whose lambda = -ln sigma lies below `lambda_min_clipped`. */
function clippedTotal(config: SolverConfig, table: Float32Array): number {
  const least = 'lambda_min_clipped' in config ? config.lambda_min_clipped : Number.NEGATIVE_INFINITY;
  return table.filter((sigma) => -log(sigma) >= least).length;
}

function pndmCourse(config: ConfigOf<'PNDMScheduler'>, steps: number): Course {
  if (!config.skip_prk_steps && steps < 4)
    throw new AppError('invalid_request', {
      message: `PNDM with its Runge-Kutta start needs at least 4 steps, got ${steps}`,
    });
  const halfStep = Math.floor(Math.floor(config.num_train_timesteps / steps) / 2);
  const falling = wholeTimesteps(spacingOf(config, steps));
  return {
    timesteps: pndmTimesteps(falling, halfStep, config.skip_prk_steps),
    sigmas: undefined,
    initNoiseSigma: 1,
  };
}

function lcmCourse(config: ConfigOf<'LCMScheduler'>, steps: number): Course {
  const { original_inference_steps: own, num_train_timesteps: total } = config;
  if (steps > own || own > total)
    throw new AppError('invalid_request', {
      message: `LCM takes at most ${Math.min(own, total)} steps, got ${steps}`,
    });
  return { timesteps: lcmTimesteps(total, own, steps), sigmas: undefined, initNoiseSigma: 1 };
}

function courseOf(config: SchedulerConfig, steps: number, alphas: Float32Array): Course {
  switch (config._class_name) {
    case 'DDPMScheduler':
    case 'DDIMScheduler':
      return { timesteps: wholeTimesteps(spacingOf(config, steps)), sigmas: undefined, initNoiseSigma: 1 };
    case 'PNDMScheduler':
      return pndmCourse(config, steps);
    case 'LCMScheduler':
      return lcmCourse(config, steps);
    case 'EulerDiscreteScheduler':
    case 'EulerAncestralDiscreteScheduler':
    case 'HeunDiscreteScheduler':
    case 'LMSDiscreteScheduler':
      return sigmaCourse(config, steps, alphas);
    case 'DPMSolverMultistepScheduler':
    case 'UniPCMultistepScheduler':
    case 'DEISMultistepScheduler':
      return solverCourse(config, steps, alphas);
    default:
      return config satisfies never;
  }
}

/** Timesteps that index `alphasCumprod` must lie inside it. */
function checkTimesteps({ timesteps, sigmas }: Course, total: number): void {
  if (sigmas) return;
  const outside = Array.from(timesteps).find((t) => t < 0 || t >= total);
  if (outside === undefined) return;
  const message = `schedule reaches timestep ${outside}, expected 0..${total - 1}; use fewer steps or a smaller steps_offset`;
  throw new AppError('invalid_request', { message });
}

/**
 * The schedule of `steps` steps under a configuration.
 *
 * @throws AppError `invalid_request` when the number of steps does not suit the configuration.
 */
export function makeSchedule<C extends SchedulerConfig>(config: C, steps: number): Schedule<C> {
  const total = config.num_train_timesteps;
  if (!Number.isInteger(steps) || steps < 1 || steps > total)
    throw new AppError('invalid_request', {
      message: `steps: expected a whole number in 1..${total}, got ${steps}`,
    });
  const alphas = alphasCumprod(config);
  const course = courseOf(config, steps, alphas);
  checkTimesteps(course, total);
  return { ...course, config, steps, timesteps: Float32Array.from(course.timesteps), alphasCumprod: alphas };
}
