import { edit as startEdit } from '../diffusion/pipelines.ts';
import { decodeLatent, encodeImage } from '../diffusion/vae.ts';
import type { Raster } from '../image/raster.ts';
import { upsampleEdit } from '../image/upsample.ts';
import type { JobEvent, JobOf, KernelContext } from './kernel.ts';
import { compositeByMask, type Mask } from './mask.ts';
import { encodeMasked, encodeOutput } from './output.ts';
import { latentSize, readPhoto, toFloat32Image } from './photo.ts';
import { editMask } from './region.ts';
import { followSteps, prepareRun, runOf } from './sampling.ts';

/** Changes a photo as an instruction says, at the photo's own size. */
export async function* edit(job: JobOf<'edit'>, context: KernelContext): AsyncGenerator<JobEvent> {
  const model = await context.model(job.model, job.kind);
  const { store } = context;
  const { original, working } = await readPhoto(job.image, model, context);
  const mask = await editMask(job, original, context);
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
    yield await finish(job, { original, edited, mask, index }, context);
  }
}

interface Finish {
  readonly original: Raster;
  readonly edited: Raster;
  readonly mask: Mask | undefined;
  readonly index: number;
}

/** Keeps the photo outside the mask, encodes, and counts that it did. */
export async function finish(
  job: JobOf<'edit' | 'inpaint'>,
  { original, edited, mask, index }: Finish,
  { decode }: KernelContext,
): Promise<JobEvent> {
  if (!mask) return encodeOutput(job, edited, index);
  const picture = compositeByMask(original, edited, mask);
  return encodeMasked(job, { picture, photo: original, mask }, { index, decode });
}
