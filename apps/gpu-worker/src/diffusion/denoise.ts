// The one denoising loop: it drives a sampler with a network and reports every step.
import type { Evaluation, Sampling } from '@darkroom/shared/samplers/sampler';
import { refuseAborted } from '../refuse-aborted.ts';

/** Answers a sampler's request: the model output for its input and timestep. */
export type Predict = (evaluation: Evaluation) => Promise<Float32Array>;

/** The state after one network evaluation. */
export interface DenoiseStep {
  /** Network evaluations done, 1 … `steps`. */
  readonly step: number;
  readonly steps: number;
  /** The noisy latent after this step; after the last one the result. */
  readonly latent: Float32Array;
  /** The network's estimate of the result at this step, for previews; absent after the last. */
  readonly denoised?: Float32Array;
}

/** The network and when to stop. */
export interface DenoiseOptions {
  readonly predict: Predict;
  /** How many evaluations the sampling takes. */
  readonly steps: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Yields after every network evaluation; the caller may stop between any two.
 * @throws canceled when the signal is aborted
 */
export async function* denoise(
  sampling: Sampling,
  { predict, steps, signal }: DenoiseOptions,
): AsyncGenerator<DenoiseStep> {
  let turn = sampling.next();
  for (let step = 1; !turn.done; step++) {
    refuseAborted(signal);
    const output = await predict(turn.value);
    turn = sampling.next(output);
    if (turn.done) {
      yield { step, steps, latent: turn.value };
    } else {
      const { sample: latent, denoised } = turn.value;
      yield { step, steps, latent, ...(denoised && { denoised }) };
    }
  }
}
