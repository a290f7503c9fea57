import { imageToImage } from '../diffusion/pipelines.ts';
import { decodeLatent, encodeImage } from '../diffusion/vae.ts';
import { upsampleEdit } from '../image/upsample.ts';
import type { JobEvent, JobOf, KernelContext } from './kernel.ts';
import { encodeOutput } from './output.ts';
import { latentSize, readPhoto, toFloat32Image } from './photo.ts';
import { followSteps, prepareRun, runOf } from './sampling.ts';

/** Makes the picture that a description asks for, starting from a photo and at its size. */
export async function* img2img(job: JobOf<'img2img'>, context: KernelContext): AsyncGenerator<JobEvent> {
  const model = await context.model(job.model, job.kind);
  const { store } = context;
  const { original, working } = await readPhoto(job.image, model, context);
  const size = latentSize(working, model);
  const shared = await prepareRun(job, model, { context, size });
  const { mean: data } = await encodeImage(store, model.vae, working);
  const before = toFloat32Image(await decodeLatent(store, model.vae, { ...size, data }));
  for (let index = 0; index < job.count; index++) {
    if (job.strength === 0) {
      yield await encodeOutput(job, original, index);
      continue;
    }
    const run = runOf(shared, job, index);
    const steps = imageToImage(run, working, job.strength);
    const latent = yield* followSteps(steps, run, { job, index, context });
    const after = toFloat32Image(await decodeLatent(store, model.vae, { ...size, data: latent }));
    const edited = await upsampleEdit({ before, after, original, signal: context.signal });
    yield await encodeOutput(job, edited, index);
  }
}
