import { inpaint as startInpaint } from '../diffusion/pipelines.ts';
import { decodeLatent, encodeImage } from '../diffusion/vae.ts';
import { upsampleEdit } from '../image/upsample.ts';
import type { JobEvent, JobOf, KernelContext } from './kernel.ts';
import { maskPlanes, readMask } from './mask.ts';
import { encodeEdit } from './output.ts';
import { latentSize, readPhoto, toFloat32Image } from './photo.ts';
import { followSteps, prepareRun, runOf } from './sampling.ts';

/** Fills the masked region with what a description asks for; outside it the photo's bytes stay. */
export async function* inpaint(job: JobOf<'inpaint'>, context: KernelContext): AsyncGenerator<JobEvent> {
  const model = await context.model(job.model, job.kind);
  const { store } = context;
  const { original, working } = await readPhoto(job.image, model, context);
  const mask = await readMask(job.mask, original, context);
  const small = await maskPlanes(mask, working);
  const size = latentSize(working, model);
  const shared = await prepareRun(job, model, { context, size });
  const { mean: data } = await encodeImage(store, model.vae, working);
  const before = toFloat32Image(await decodeLatent(store, model.vae, { ...size, data }));
  for (let index = 0; index < job.count; index++) {
    if (job.strength === 0) {
      yield await encodeEdit(job, { original, edited: original, mask, index }, context);
      continue;
    }
    const run = runOf(shared, job, index);
    const steps = startInpaint(run, { image: working, mask: small, strength: job.strength });
    const latent = yield* followSteps(steps, run, { job, index, context });
    const after = toFloat32Image(await decodeLatent(store, model.vae, { ...size, data: latent }));
    const edited = await upsampleEdit({ before, after, original, signal: context.signal });
    yield await encodeEdit(job, { original, edited, mask, index }, context);
  }
}
