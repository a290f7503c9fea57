/** What every sampler is: a coroutine that asks for network evaluations and returns the final sample. */
import type { SchedulerConfig } from '../schedulers/config.ts';
import type { Schedule } from '../schedulers/schedule.ts';

/** One request to the network; the answer, as long as `input`, goes into `.next(output)`. */
export interface Evaluation {
  /** The sample scaled for the network. */
  readonly input: Float32Array;
  /** Training timestep of this evaluation; may be fractional, pass it on unrounded. */
  readonly timestep: number;
  /** Index into `schedule.timesteps`. */
  readonly index: number;
  /** The current noisy sample, unscaled. */
  readonly sample: Float32Array;
  /** The clean-sample estimate of the previous evaluation, for previews; absent in the first. */
  readonly denoised?: Float32Array;
}

export interface SamplerRun {
  /** The noisy sample to start from, at the noise level of `begin`; N(0,1)·initNoiseSigma for a full run. */
  readonly initial: Float32Array;
  /** Fresh N(0,1) draws for an evaluation index, as long as `initial`; called by the stochastic samplers only. */
  readonly noise: (index: number) => Float32Array;
  /** Index of the first evaluation: 0 (the default) for a full run, more to start from a partly noised image. */
  readonly begin?: number;
  /** Applied to the sample after each evaluation; `nextIndex` is the evaluation to come, or their number after the last. */
  readonly project?: (sample: Float32Array, nextIndex: number) => Float32Array;
  /** How many images `initial` holds one after another; dynamic thresholding works per image. Default 1. */
  readonly batch?: number;
  /** DDIM's share of fresh noise, 0 (default, deterministic) to 1 (as much as DDPM). */
  readonly eta?: number;
  /** DDIM: derive the noise estimate from the clipped clean sample. Default false. */
  readonly useClippedModelOutput?: boolean;
}

export type Sampling = Generator<Evaluation, Float32Array, Float32Array>;
export type Sampler<C extends SchedulerConfig = SchedulerConfig> = (
  schedule: Schedule<C>,
  run: SamplerRun,
) => Sampling;

/** The outcome of one evaluation. */
export interface Advance {
  readonly next: Float32Array;
  readonly denoised: Float32Array;
}

/** What tells one sampler from another. */
export interface Stepping {
  /** Factor from sample to network input at an evaluation index. Default 1. */
  readonly inputScale?: (index: number) => number;
  readonly advance: (sample: Float32Array, output: Float32Array, index: number) => Advance;
}

function checkRun(schedule: Schedule, { initial, begin = 0, batch = 1 }: SamplerRun): void {
  const count = schedule.timesteps.length;
  if (!Number.isInteger(begin) || begin < 0 || begin >= count)
    throw new TypeError(`begin: expected a whole number in 0..${count - 1}, got ${begin}`);
  if (!Number.isInteger(batch) || batch < 1 || initial.length % batch !== 0)
    throw new TypeError(`batch: expected a divisor of the ${initial.length} initial values, got ${batch}`);
}

/** The loop that all samplers share: scale, ask, advance, project. */
export function* walk(schedule: Schedule, run: SamplerRun, stepping: Stepping): Sampling {
  checkRun(schedule, run);
  let sample = run.initial;
  let denoised: Float32Array | undefined;
  for (let index = run.begin ?? 0; index < schedule.timesteps.length; index++) {
    const scale = stepping.inputScale?.(index) ?? 1;
    const input = scale === 1 ? sample : sample.map((value) => value * scale);
    const timestep = schedule.timesteps[index] as number;
    const output: Float32Array = yield { input, timestep, index, sample, ...(denoised && { denoised }) };
    if (output.length !== sample.length)
      throw new TypeError(
        `model output of evaluation ${index}: expected ${sample.length} values, got ${output.length}`,
      );
    const advance = stepping.advance(sample, output, index);
    denoised = advance.denoised;
    sample = run.project?.(advance.next, index + 1) ?? advance.next;
  }
  return sample;
}

/** The sigma at an index of a schedule that has them. */
export function sigmaAt(schedule: Schedule, index: number): number {
  const sigma = schedule.sigmas?.[index];
  if (sigma === undefined)
    throw new TypeError(`${schedule.config._class_name}: the schedule has no sigma ${index}`);
  return sigma;
}

/** Signal power at a training timestep, or `final` below timestep 0. */
export function powerAt({ alphasCumprod }: Schedule, timestep: number, final: number): number {
  return timestep >= 0 ? (alphasCumprod[timestep] as number) : final;
}
