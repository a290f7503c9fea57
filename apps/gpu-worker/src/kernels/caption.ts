import type { JobEvent, JobOf, KernelContext } from './kernel.ts';
import { decodedPhoto } from './photo.ts';

/** Says in a sentence what a photo shows. */
export async function* caption(job: JobOf<'caption'>, context: KernelContext): AsyncGenerator<JobEvent> {
  const captioner = await context.vision(job.model, job.kind);
  const { prompt, beams, topP, seed, maxTokens } = job;
  const photo = await decodedPhoto(job.image, context);
  const said = await captioner.caption(photo, { prompt, beams, topP, seed, maxTokens });
  yield { kind: 'result', result: { kind: 'caption', ...said } };
}
