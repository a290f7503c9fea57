// Whole pipelines with recorded noise: text states, timesteps, the latents of every step, the decoded picture.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DenoiseStep } from '@darkroom/gpu-worker/diffusion/denoise';
import { type DiffusionModel, openDiffusionModel } from '@darkroom/gpu-worker/diffusion/diffusion-model';
import type { Guidance } from '@darkroom/gpu-worker/diffusion/guidance';
import type { Planes } from '@darkroom/gpu-worker/diffusion/latents';
import type { NoiseSource } from '@darkroom/gpu-worker/diffusion/noise';
import {
  type DiffusionRun,
  edit,
  generate,
  imageToImage,
  inpaint,
} from '@darkroom/gpu-worker/diffusion/pipelines';
import { encodeIds, type TextStates } from '@darkroom/gpu-worker/diffusion/text-encoder';
import { decodeLatent, encodeImage, unscaleLatent } from '@darkroom/gpu-worker/diffusion/vae';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { schedulerNames } from '@darkroom/shared/schedulers/config';
import { parsePythonJson } from '@darkroom/shared/schedulers/python-json';
import { makeSchedule } from '@darkroom/shared/schedulers/schedule';
import { z } from 'zod';
import { GoldenTensors } from './golden-tensors.ts';
import { compare, type Measurement } from './measurement.ts';
import { recordedScheduler } from './recorded-scheduler.ts';

const Case = z.object({
  name: z.string(),
  pipeline: z.enum([
    'StableDiffusionPipeline',
    'StableDiffusionImg2ImgPipeline',
    'StableDiffusionInpaintPipeline',
    'StableDiffusionInstructPix2PixPipeline',
  ]),
  scheduler: z.enum(schedulerNames),
  scheduler_config: z.record(z.string(), z.unknown()),
  args: z.object({
    num_inference_steps: z.int(),
    guidance_scale: z.number(),
    guidance_rescale: z.number().default(0),
    image_guidance_scale: z.number().optional(),
    strength: z.number().default(1),
    eta: z.number().default(0),
  }),
  zero_step_noise: z.boolean(),
});
type Case = z.infer<typeof Case>;

/** A folder's model, opened, and its recorded inputs. */
interface Setting {
  readonly store: ModelStore;
  readonly model: DiffusionModel;
  readonly inputs: GoldenTensors;
  readonly text: DiffusionRun['text'];
}

const textBound = { absolute: 5e-5 };
const latentBound = { absolute: 1e-4 };
const pictureBound = { absolute: 2e-4 };

/** Golden folder of one pipeline with several cases. */
export async function* checkPipeline(folder: string): AsyncGenerator<Measurement> {
  const cases = z.array(Case).parse(parsePythonJson(await readFile(join(folder, 'cases.json'), 'utf8')));
  const inputs = await GoldenTensors.read(join(folder, 'inputs.safetensors'));
  const model = await openDiffusionModel(folder);
  await using store = new ModelStore({ budgetBytes: 1e9 });
  const encode = (ids: string): Promise<TextStates> =>
    encodeIds(store, model.textEncoder, inputs.integers(ids));
  const text = { prompt: await encode('input_ids'), negative: await encode('negative_input_ids') };
  yield compare('prompt_embeds', text.prompt.data, inputs.floats('prompt_embeds'), textBound);
  yield compare(
    'negative_prompt_embeds',
    text.negative.data,
    inputs.floats('negative_prompt_embeds'),
    textBound,
  );
  if (inputs.has('image_latents')) {
    const { mean } = await encodeImage(store, model.vae, pictureOf(inputs));
    yield compare('image_latents', mean, inputs.floats('image_latents'), pictureBound);
  }
  for (const recorded of cases) {
    const golden = await GoldenTensors.read(join(folder, `io_${recorded.name}.safetensors`));
    yield* checkCase({ store, model, inputs, text }, recorded, golden);
  }
}

async function* checkCase(
  setting: Setting,
  recorded: Case,
  golden: GoldenTensors,
): AsyncGenerator<Measurement> {
  const { store, model } = setting;
  const schedule = makeSchedule(
    recordedScheduler(recorded.scheduler, recorded.scheduler_config),
    recorded.args.num_inference_steps,
  );
  yield compare(`${recorded.name} timesteps`, schedule.timesteps, golden.floats('timesteps'), {});
  const [, , , height, width] = golden.shape('latents.steps') as [number, number, number, number, number];
  const run: DiffusionRun = {
    ...setting,
    size: { width, height },
    schedule,
    guidance: guidanceOf(recorded),
    noise: recordedNoise(recorded, setting.inputs, golden),
    eta: recorded.args.eta,
  };
  const latents: Float32Array[] = [];
  for await (const { latent } of start(run, setting, recorded)) latents.push(latent);
  yield compareSteps(`${recorded.name} latents.steps / std`, latents, golden.floats('latents.steps'));

  const final = unscaleLatent(model.vae, latents.at(-1) as Float32Array);
  const picture = await decodeLatent(store, model.vae, { data: final, width, height });
  if (golden.has('decoded.raw')) {
    yield compare(`${recorded.name} decoded.raw`, picture.data, golden.floats('decoded.raw'), pictureBound);
  }
  yield compare(`${recorded.name} image_u8`, toBytes(picture), golden.bytes('image_u8'), { absolute: 1 });
}

async function* start(
  run: DiffusionRun,
  { inputs, model }: Setting,
  recorded: Case,
): AsyncGenerator<DenoiseStep> {
  const { strength } = recorded.args;
  switch (recorded.pipeline) {
    case 'StableDiffusionPipeline':
      yield* generate(run);
      return;
    case 'StableDiffusionImg2ImgPipeline':
      yield* imageToImage(run, pictureOf(inputs), strength);
      return;
    case 'StableDiffusionInpaintPipeline':
      yield* inpaint(run, { image: pictureOf(inputs), mask: maskOf(inputs), strength });
      return;
    case 'StableDiffusionInstructPix2PixPipeline': {
      const { mean } = await encodeImage(run.store, model.vae, pictureOf(inputs));
      yield* edit(run, mean);
      return;
    }
    default:
      recorded.pipeline satisfies never;
  }
}

/** The reference drops guidance altogether at scales up to 1 (and, editing, at image scales below 1). */
function guidanceOf({ args, pipeline }: Case): Guidance {
  const { guidance_scale: scale, image_guidance_scale: imageScale = 1, guidance_rescale: rescale } = args;
  if (scale <= 1 || imageScale < 1) return { kind: 'none' };
  return pipeline === 'StableDiffusionInstructPix2PixPipeline'
    ? { kind: 'instruct', textScale: scale, imageScale }
    : { kind: 'text', scale, rescale };
}

/** Recorded draws. The image's comes first; the masked image's is then the second, or the only one. */
function recordedNoise(recorded: Case, inputs: GoldenTensors, golden: GoldenTensors): NoiseSource {
  return (use, count) => {
    switch (use) {
      case 'initial':
        return golden.has('noise.init') ? golden.floats('noise.init') : inputs.floats('latents.init');
      case 'image':
        return golden.floats('noise.vae_sample');
      case 'masked_image':
        return golden.floats(golden.has('noise.vae_sample.2') ? 'noise.vae_sample.2' : 'noise.vae_sample');
      default:
        return recorded.zero_step_noise ? new Float32Array(count) : golden.floats(`noise.step${use}`);
    }
  };
}

/** All steps in units of the reference's standard deviation at that step. */
function compareSteps(output: string, steps: readonly Float32Array[], expected: Float32Array): Measurement {
  const length = steps[0]?.length ?? 1;
  const ours: number[] = [];
  const theirs: number[] = [];
  steps.forEach((latent, i) => {
    const reference = expected.subarray(i * length, (i + 1) * length);
    const unit = deviation(reference);
    ours.push(...latent.map((value) => value / unit));
    theirs.push(...reference.map((value) => value / unit));
  });
  const isComplete = theirs.length === expected.length;
  return compare(output, ours, isComplete ? theirs : expected, latentBound);
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function pictureOf(inputs: GoldenTensors): Planes {
  const [, , height, width] = inputs.shape('image_in') as [number, number, number, number];
  return { data: inputs.floats('image_in').map((value) => 2 * value - 1), width, height };
}

function maskOf(inputs: GoldenTensors): Planes {
  const [, , height, width] = inputs.shape('mask') as [number, number, number, number];
  return { data: inputs.floats('mask'), width, height };
}

/** Interleaved bytes of a picture in [-1, 1]. */
function toBytes({ data, width, height }: Planes): number[] {
  const area = width * height;
  return Array.from({ length: 3 * area }, (_, i) => {
    const value = data[(i % 3) * area + Math.floor(i / 3)] as number;
    return Math.round(255 * Math.min(1, Math.max(0, value / 2 + 0.5)));
  });
}
