import { AppError } from '@darkroom/shared/errors';
import { type DiffusionModel, nativeSide } from '../diffusion/diffusion-model.ts';
import type { PlaneSize } from '../diffusion/latents.ts';
import { generate as startGenerate } from '../diffusion/pipelines.ts';
import { decodeLatent } from '../diffusion/vae.ts';
import { fromTensor } from '../image/resize.ts';
import type { JobEvent, JobOf, KernelContext } from './kernel.ts';
import { encodeOutput } from './output.ts';
import { latentSize } from './photo.ts';
import { followSteps, prepareRun, runOf } from './sampling.ts';

/** Makes pictures from a description. */
export async function* generate(job: JobOf<'generate'>, context: KernelContext): AsyncGenerator<JobEvent> {
  const model = await context.model(job.model, job.kind);
  const size = latentSize(pictureSize(job, model), model);
  const shared = await prepareRun(job, model, { context, size });
  for (let index = 0; index < job.count; index++) {
    const run = runOf(shared, job, index);
    const latent = yield* followSteps(startGenerate(run), run, { job, index, context });
    const picture = await decodeLatent(context.store, model.vae, { ...size, data: latent });
    yield await encodeOutput(job, fromTensor(picture.data, picture), index);
  }
}

function pictureSize({ width, height }: JobOf<'generate'>, model: DiffusionModel): PlaneSize {
  const size = { width: width ?? nativeSide(model), height: height ?? nativeSide(model) };
  for (const [field, side] of Object.entries(size)) {
    if (side % model.vae.factor === 0) continue;
    const message = `${field}: expected a multiple of ${model.vae.factor} for this model, got ${side}`;
    throw new AppError('invalid_request', { message, details: { field } });
  }
  return size;
}
