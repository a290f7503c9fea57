// The four ways from a prompt to latents. Each yields every step; the last step's latent is the result, still scaled.

import { sample as startSampler } from '@darkroom/shared/samplers/registry';
import type { SamplerRun } from '@darkroom/shared/samplers/sampler';
import type { Schedule } from '@darkroom/shared/schedulers/schedule';
import type { ModelStore } from '../runtime/model-store.ts';
import { type DenoiseStep, denoise } from './denoise.ts';
import { type DiffusionModel, imageConditioning } from './diffusion-model.ts';
import type { Guidance } from './guidance.ts';
import {
  beginOf,
  blendByMask,
  hideMasked,
  joinChannels,
  noised,
  type PlaneSize,
  type Planes,
  pureNoise,
  resizeMaskNearest,
  sampleLatent,
} from './latents.ts';
import type { NoiseSource, NoiseUse } from './noise.ts';
import { Predictor } from './predictor.ts';
import type { TextStates } from './text-encoder.ts';
import { encodeImage, scaleLatent } from './vae.ts';

/** What every pipeline needs, for one image. */
export interface DiffusionRun {
  readonly store: ModelStore;
  readonly model: DiffusionModel;
  /** Of the latents. */
  readonly size: PlaneSize;
  readonly schedule: Schedule;
  readonly text: { readonly prompt: TextStates; readonly negative: TextStates };
  readonly guidance: Guidance;
  readonly noise: NoiseSource;
  /** DDIM's share of fresh noise. Default 0. */
  readonly eta?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Text to image. */
export async function* generate(run: DiffusionRun): AsyncGenerator<DenoiseStep> {
  yield* sampleLatents(run, { initial: fromNoise(run) });
}

/**
 * InstructPix2Pix (Brooks et al. 2023): noise to an edited image beside the photo's latent.
 * @param imageLatent the encoded photo's mean, not scaled
 */
export async function* edit(run: DiffusionRun, imageLatent: Float32Array): AsyncGenerator<DenoiseStep> {
  yield* sampleLatents(run, { initial: fromNoise(run), channels: imageLatent });
}

/**
 * SDEdit (Meng et al. 2022): an image noised part of the way, then denoised towards the prompt. A network that reads the
 * photo is shown it all along.
 */
export async function* imageToImage(
  run: DiffusionRun,
  image: Planes,
  strength: number,
): AsyncGenerator<DenoiseStep> {
  const begin = beginOf(run.schedule, strength);
  const clean = { latent: await encodeScaled(run, image, 'image'), noise: drawInitial(run) };
  const channels = await photoChannels(run, image);
  yield* sampleLatents(run, { begin, initial: noised(run.schedule, begin, clean), channels });
}

/** What is painted into what. */
export interface InpaintInputs {
  /** [1, 3, …] in [-1, 1]. */
  readonly image: Planes;
  /** [1, 1, …], the image's size: 1 where the image is painted anew, 0 where it stays. */
  readonly mask: Planes;
  /** In (0, 1]; 1 forgets what was under the mask. */
  readonly strength: number;
}

/**
 * Paints the masked part anew. A network that reads mask and masked photo is told both; any other has the kept part's
 * latents put back after every step.
 */
export async function* inpaint(run: DiffusionRun, inputs: InpaintInputs): AsyncGenerator<DenoiseStep> {
  const begin = beginOf(run.schedule, inputs.strength);
  const mask = resizeMaskNearest(inputs.mask, run.size);
  if (imageConditioning(run.model) === 'masked_photo') {
    const channels = await maskedChannels(run, inputs, mask);
    yield* sampleLatents(run, { begin, channels, initial: await inpaintStart(run, inputs, begin) });
    return;
  }
  const clean = { latent: await encodeScaled(run, inputs.image, 'image'), noise: drawInitial(run) };
  yield* sampleLatents(run, {
    begin,
    channels: await photoChannels(run, inputs.image),
    initial: inputs.strength < 1 ? noised(run.schedule, begin, clean) : fromNoise(run),
    project: (sample, next) => blendByMask(mask.data, sample, noised(run.schedule, next, clean)),
  });
}

async function inpaintStart(
  run: DiffusionRun,
  { image, strength }: InpaintInputs,
  begin: number,
): Promise<Float32Array> {
  if (strength === 1) return fromNoise(run);
  const latent = await encodeScaled(run, image, 'image');
  return noised(run.schedule, begin, { latent, noise: drawInitial(run) });
}

/** Mask, then the latents of the image with the masked part hidden. */
async function maskedChannels(
  run: DiffusionRun,
  { image, mask }: InpaintInputs,
  small: Planes,
): Promise<Float32Array> {
  return joinChannels(small.data, await encodeScaled(run, hideMasked(image, mask), 'masked_image'));
}

/** The photo's mean latent, not scaled, for a network that reads it. */
async function photoChannels(run: DiffusionRun, image: Planes): Promise<Float32Array | undefined> {
  if (imageConditioning(run.model) !== 'photo') return undefined;
  return (await encodeImage(run.store, run.model.vae, image)).mean;
}

type Start = Pick<SamplerRun, 'initial' | 'begin' | 'project'> & {
  readonly channels?: Float32Array | undefined;
};

async function* sampleLatents(run: DiffusionRun, { channels, ...start }: Start): AsyncGenerator<DenoiseStep> {
  const { store, model, schedule, signal } = run;
  using predictor = await Predictor.open(store, model.unet, { ...run, channels });
  const sampling = startSampler(schedule, {
    ...start,
    noise: (index) => run.noise(index, start.initial.length),
    ...(run.eta !== undefined && { eta: run.eta }),
  });
  yield* denoise(sampling, {
    predict: (evaluation) => predictor.predict(evaluation),
    steps: schedule.timesteps.length - (start.begin ?? 0),
    signal,
  });
}

async function encodeScaled(run: DiffusionRun, image: Planes, use: NoiseUse): Promise<Float32Array> {
  const moments = await encodeImage(run.store, run.model.vae, image);
  return scaleLatent(
    run.model.vae,
    sampleLatent(moments, (count) => run.noise(use, count)),
  );
}

function drawInitial({ model, size, noise }: DiffusionRun): Float32Array {
  return noise('initial', model.vae.latentChannels * size.width * size.height);
}

function fromNoise(run: DiffusionRun): Float32Array {
  return pureNoise(run.schedule, drawInitial(run));
}
