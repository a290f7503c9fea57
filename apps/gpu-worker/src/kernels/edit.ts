import { type Draw, uniforms } from '@darkroom/shared/random';
import type { DiffusionModel } from '../diffusion/diffusion-model.ts';
import { edit as startEdit } from '../diffusion/pipelines.ts';
import { decodeLatent, encodeImage } from '../diffusion/vae.ts';
import { fillHole } from '../image/fill-hole.ts';
import type { Raster } from '../image/raster.ts';
import { upsampleEdit } from '../image/upsample.ts';
import type { JobEvent, JobOf, KernelContext } from './kernel.ts';
import type { Mask } from './mask.ts';
import { readObjectRequest, wantsGone } from './object-request.ts';
import { encodeEdit } from './output.ts';
import { decodedPhoto, latentSize, toFloat32Image, workingPhoto } from './photo.ts';
import { recolour, recolouringPrompt } from './recolour.ts';
import { editMask, type MaskOptions, namedMask } from './region.ts';
import { followSteps, prepareRun, runOf } from './sampling.ts';

/** Changes a photo as an instruction says, at the photo's own size. */
export async function* edit(job: JobOf<'edit'>, context: KernelContext): AsyncGenerator<JobEvent> {
  const model = await context.model(job.model, job.kind);
  const { store } = context;
  const original = await decodedPhoto(job.image, context);
  const isGone = wantsThingGone(job);
  const asked = { context, isGone };
  const mask = (await editMask(job, original, asked)) ?? (await unaskedMask(job, { model, original }, asked));
  const prompt = mask && recolouringPrompt(job, model);
  if (mask && prompt) {
    const pictures = yield* recolour(job, { model, original, mask }, { prompt, context });
    for (const [index, edited] of pictures.entries()) {
      yield await encodeEdit(job, { original, edited, mask, index }, context);
    }
    return;
  }
  // The network is shown what is behind the thing, as far as the rest of the photo tells; without guidance nothing is asked.
  const shown =
    mask && isGone && job.guidanceScale !== 0
      ? withoutMasked(original, mask, { seed: job.seed, image: 0 })
      : original;
  if (mask && shown !== original && !knowsNouns(model)) {
    for (let index = 0; index < job.count; index++) {
      const edited = index === 0 ? shown : withoutMasked(original, mask, { seed: job.seed, image: index });
      yield await encodeEdit(job, { original, edited, mask, index }, context);
    }
    return;
  }
  const working = await workingPhoto(shown, model);
  const size = latentSize(working, model);
  const shared = await prepareRun(job, model, { context, size });
  const { mean: imageLatent } = await encodeImage(store, model.vae, working);
  // The photo goes through the autoencoder too, so that its losses are no part of the edit.
  const before = toFloat32Image(await decodeLatent(store, model.vae, { ...size, data: imageLatent }));
  for (let index = 0; index < job.count; index++) {
    const run = runOf(shared, job, index);
    const latent = yield* followSteps(startEdit(run, imageLatent), run, { job, index, context });
    const after = toFloat32Image(await decodeLatent(store, model.vae, { ...size, data: latent }));
    const edited = await upsampleEdit({ before, after, original: shown, signal: context.signal });
    yield await encodeEdit(job, { original, edited, mask, index }, context);
  }
}

/** Whether a model can be asked about anything by its name. One that cannot would take "remove the cow" for another edit. */
function knowsNouns({ defaults }: DiffusionModel): boolean {
  return defaults.recolourPrompt === undefined;
}

/** "Make the car red" means the car, where it can be found and the model is one that knows better what is asked than where. */
async function unaskedMask(
  job: JobOf<'edit'>,
  { model, original }: { readonly model: DiffusionModel; readonly original: Raster },
  options: MaskOptions,
): Promise<Mask | undefined> {
  if (knowsNouns(model)) return undefined;
  const { original: own, enhanced } = job.prompt;
  const asked = readObjectRequest(own) ?? readObjectRequest(enhanced ?? '');
  return asked && (await namedMask(asked.thing, job, original, options));
}

/** Whether what the job's region shows, or else the thing that it names, is to be gone. */
function wantsThingGone({ prompt: { original, enhanced }, region }: JobOf<'edit'>): boolean {
  const wish = [original, enhanced ?? ''].find(wantsGone);
  if (wish === undefined) return false;
  const [thing, text] = [readObjectRequest(wish)?.thing.toLowerCase(), region?.text?.toLowerCase()];
  // "Remove the scratches" of the region "the car" is no wish to lose the car.
  return thing === undefined || text === undefined || text.includes(thing) || thing.includes(text);
}

/** The photo with what surrounds it in the place of what the mask shows. */
function withoutMasked(photo: Raster, { data }: Mask, draw: Pick<Draw, 'seed' | 'image'>): Raster {
  const hole = data.map((weight) => Number(weight > 0));
  return fillHole(photo, hole, uniformStream(draw));
}

const drawsAtATime = 4096;

/** Uniform numbers in [0, 1), endlessly. */
function uniformStream(draw: Pick<Draw, 'seed' | 'image'>): () => number {
  let drawn = new Float64Array();
  let [at, step] = [0, 0];
  return () => {
    if (at === drawn.length) {
      drawn = Float64Array.from(uniforms({ ...draw, step: step++, count: drawsAtATime }));
      at = 0;
    }
    return drawn[at++] as number;
  };
}
