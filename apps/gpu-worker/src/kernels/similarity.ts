import type { JobEvent, JobOf, KernelContext } from './kernel.ts';
import { decodedPhoto } from './photo.ts';

/** Says how well each text fits a photo. */
export async function* similarity(
  job: JobOf<'similarity'>,
  context: KernelContext,
): AsyncGenerator<JobEvent> {
  const model = await context.vision(job.model, job.kind);
  const scores = await model.compare(await decodedPhoto(job.image, context), job.texts);
  const similarities = job.texts.map((text, i) => ({ text, score: scores[i] as number }));
  yield { kind: 'result', result: { kind: 'similarity', measure: model.measure, similarities } };
}
