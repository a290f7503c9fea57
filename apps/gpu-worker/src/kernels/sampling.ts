// From a job's fields to a diffusion run, and from a run's steps to events.
import type { PictureJob } from '@darkroom/shared/contracts/job';
import { AppError } from '@darkroom/shared/errors';
import { makeSchedule } from '@darkroom/shared/schedulers/schedule';
import type { DenoiseStep } from '../diffusion/denoise.ts';
import { type DiffusionModel, imageConditioning, schedulerOf } from '../diffusion/diffusion-model.ts';
import type { Guidance } from '../diffusion/guidance.ts';
import type { PlaneSize } from '../diffusion/latents.ts';
import { seededNoise } from '../diffusion/noise.ts';
import type { DiffusionRun } from '../diffusion/pipelines.ts';
import { encodeText } from '../diffusion/text-encoder.ts';
import { decodeLatent, unscaleLatent } from '../diffusion/vae.ts';
import { encodePreview } from '../image/preview.ts';
import type { JobEvent, KernelContext } from './kernel.ts';

/** Everything of a run that the job's pictures share. */
export type SharedRun = Omit<DiffusionRun, 'noise'>;

/**
 * Encodes the prompts and lays out the steps.
 * @param size of the latents
 * @throws model_unsupported when the scheduler cannot serve the model, or the model has no tokenizer
 */
export async function prepareRun(
  job: PictureJob,
  model: DiffusionModel,
  { context, size }: { readonly context: KernelContext; readonly size: PlaneSize },
): Promise<SharedRun> {
  const { store, signal } = context;
  return {
    store,
    model,
    size,
    signal,
    schedule: makeSchedule(schedulerOf(model, job.scheduler), job.steps ?? model.defaults.steps),
    guidance: guidanceOf(job, model),
    text: await encodePrompts(job, model, context),
  };
}

/** The run of one of the job's pictures. */
export function runOf(shared: SharedRun, job: PictureJob, index: number): DiffusionRun {
  return { ...shared, noise: seededNoise(job.seed, index) };
}

async function encodePrompts(
  job: PictureJob,
  model: DiffusionModel,
  { store }: KernelContext,
): Promise<DiffusionRun['text']> {
  const { textEncoder: encoder, tokenizer } = model;
  if (!tokenizer) {
    throw new AppError('model_unsupported', { message: `${model.folder}: the model has no tokenizer` });
  }
  const encode = (text: string) => encodeText(store, { encoder, tokenizer }, text);
  return {
    prompt: await encode(job.prompt.enhanced ?? job.prompt.original),
    negative: await encode(job.negativePrompt),
  };
}

function guidanceOf(job: PictureJob, model: DiffusionModel): Guidance {
  const { defaults } = model;
  const scale = job.guidanceScale ?? defaults.guidanceScale;
  const asked = job.kind === 'edit' ? job.imageGuidanceScale : undefined;
  const imageScale = imageConditioning(model) === 'photo' ? (asked ?? defaults.imageGuidanceScale) : 1;
  // At scale 1 a conditioning's own answer counts alone: the rows that cancel out are not run.
  if (imageScale !== 1) return { kind: 'instruct', textScale: scale, imageScale };
  return scale === 1 ? { kind: 'none' } : { kind: 'text', scale };
}

/** Share of a job before its first step, and up to the end of its last, in percent. */
const stepsFrom = 3;
const stepsTo = 95;

/** Passes on a run's progress and previews; returns its result, unscaled. */
export async function* followSteps(
  steps: AsyncIterable<DenoiseStep>,
  run: DiffusionRun,
  {
    job,
    index,
    context,
  }: { readonly job: PictureJob; readonly index: number; readonly context: KernelContext },
): AsyncGenerator<JobEvent, Float32Array> {
  const { vae } = run.model;
  let latent: Float32Array | undefined;
  for await (const step of steps) {
    latent = step.latent;
    const total = step.steps * job.count;
    const done = step.steps * index + step.step;
    const pct = Math.round(stepsFrom + ((stepsTo - stepsFrom) * done) / total);
    yield { kind: 'progress', step: done, steps: total, pct };
    if (!context.previewEvery || step.step % context.previewEvery !== 0 || !step.denoised) continue;
    const estimate = { ...run.size, data: unscaleLatent(vae, step.denoised) };
    const picture = await decodeLatent(run.store, vae, estimate);
    yield {
      kind: 'preview',
      step: done,
      bytes: await encodePreview(picture.data, picture),
      mime: 'image/webp',
    };
  }
  if (!latent) throw new TypeError('a run without steps has no result');
  return unscaleLatent(vae, latent);
}
