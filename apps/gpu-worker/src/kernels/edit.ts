import type { DiffusionModel } from '../diffusion/diffusion-model.ts';
import { edit as startEdit } from '../diffusion/pipelines.ts';
import { decodeLatent, encodeImage } from '../diffusion/vae.ts';
import type { Raster } from '../image/raster.ts';
import { upsampleEdit } from '../image/upsample.ts';
import { readRecolouring } from './colour-words.ts';
import type { JobEvent, JobOf, KernelContext } from './kernel.ts';
import type { Mask } from './mask.ts';
import { encodeEdit } from './output.ts';
import { decodedPhoto, latentSize, toFloat32Image, workingPhoto } from './photo.ts';
import { recolour, recolouringPrompt } from './recolour.ts';
import { editMask, namedMask } from './region.ts';
import { followSteps, prepareRun, runOf } from './sampling.ts';

/** Changes a photo as an instruction says, at the photo's own size. */
export async function* edit(job: JobOf<'edit'>, context: KernelContext): AsyncGenerator<JobEvent> {
  const model = await context.model(job.model, job.kind);
  const { store } = context;
  const original = await decodedPhoto(job.image, context);
  const mask =
    (await editMask(job, original, context)) ?? (await unaskedMask(job, { model, original }, context));
  const prompt = mask && recolouringPrompt(job, model);
  if (mask && prompt) {
    const pictures = yield* recolour(job, { model, original, mask }, { prompt, context });
    for (const [index, edited] of pictures.entries()) {
      yield await encodeEdit(job, { original, edited, mask, index }, context);
    }
    return;
  }
  const working = await workingPhoto(original, model);
  const size = latentSize(working, model);
  const shared = await prepareRun(job, model, { context, size });
  const { mean: imageLatent } = await encodeImage(store, model.vae, working);
  // The photo goes through the autoencoder too, so that its losses are no part of the edit.
  const before = toFloat32Image(await decodeLatent(store, model.vae, { ...size, data: imageLatent }));
  for (let index = 0; index < job.count; index++) {
    const run = runOf(shared, job, index);
    const latent = yield* followSteps(startEdit(run, imageLatent), run, { job, index, context });
    const after = toFloat32Image(await decodeLatent(store, model.vae, { ...size, data: latent }));
    const edited = await upsampleEdit({ before, after, original, signal: context.signal });
    yield await encodeEdit(job, { original, edited, mask, index }, context);
  }
}

/** "Make the car red" means the car, where it can be found and the model knows how to recolour what a mask shows. */
async function unaskedMask(
  job: JobOf<'edit'>,
  { model, original }: { readonly model: DiffusionModel; readonly original: Raster },
  context: KernelContext,
): Promise<Mask | undefined> {
  if (!recolouringPrompt(job, model)) return undefined;
  const { original: own, enhanced } = job.prompt;
  const asked = readRecolouring(own) ?? readRecolouring(enhanced ?? '');
  return asked && (await namedMask(asked.thing, job, original, context));
}
