import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import { Job } from '@darkroom/shared/contracts/job';
import type { JobRequest } from '@darkroom/shared/contracts/job-request';
import type { PricedWork } from '@darkroom/shared/pricing';
import type { JobRow } from '../db/job-rows.ts';
import type { JobOrder } from '../dispatch/job-pools.ts';
import { expectedMs } from './expected-time.ts';
import type { Picture, Pictures } from './pictures.ts';

function refOf({ key, sha256, sizeBytes, mime }: Picture): ImageRef {
  return { key, sha256, sizeBytes, mime };
}

/** What was decided where a picture is made from words. */
function decidedOf({ prompt, seed }: JobRow, asked: Partial<JobRequest>, work: PricedWork): object {
  // Kinds that say what a photo shows have neither, and nothing to decide.
  if (prompt === null || !('negativePrompt' in asked)) return {};
  const { original, enhanced, negative } = prompt;
  return {
    prompt: { original, enhanced },
    negativePrompt: asked.negativePrompt || (negative ?? ''),
    seed,
    steps: work.steps,
    ...(asked.kind === 'generate' && { width: work.width, height: work.height }),
  };
}

/** What the worker gets: the request with nothing left open. */
function contractOf(row: JobRow, { image, mask }: Pictures, work: PricedWork): Job {
  const { priority, expiresInSeconds, retentionSeconds, ...asked } = row.request;
  const { enhance, ...wanted } = 'enhance' in asked ? asked : { ...asked, enhance: undefined };
  return Job.parse({
    ...wanted,
    ...decidedOf(row, wanted, work),
    id: row.id,
    createdAtMs: row.createdAtMs,
    model: row.model.id,
    ...(image && { image: refOf(image) }),
    ...(mask && { mask: refOf(mask) }),
  });
}

/** The order of an admitted job; of one job always the same, because everything that was decided is in its row. */
export function orderOf(row: JobRow, pictures: Pictures, work: PricedWork): JobOrder {
  const job = contractOf(row, pictures, work);
  const { priceId, pictureMicros } = row;
  return {
    job,
    requestId: row.requestId,
    keyIdentityId: row.keyId,
    price: { priceId, pictureMicros, pictures: row.pictures, steps: row.steps },
    spec: {
      id: job.id,
      projectId: row.projectId,
      priority: row.request.priority,
      model: row.model.id,
      costMs: expectedMs(work),
      deadlineAtMs: row.deadlineAtMs,
    },
  };
}
