import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import { Job } from '@darkroom/shared/contracts/job';
import type { PricedWork } from '@darkroom/shared/pricing';
import type { JobRow } from '../db/job-rows.ts';
import type { JobOrder } from '../dispatch/job-pools.ts';
import { expectedMs } from './expected-time.ts';
import type { Picture, Pictures } from './pictures.ts';

const outputMimes = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp' } as const;

function refOf({ key, sha256, sizeBytes, mime }: Picture): ImageRef {
  return { key, sha256, sizeBytes, mime };
}

/** What the worker gets: the request with nothing left open. */
function contractOf(row: JobRow, { image, mask }: Pictures, work: PricedWork): Job {
  const { enhance, priority, expiresInSeconds, retentionSeconds, ...asked } = row.request;
  const { original, enhanced, negative } = row.prompt;
  return Job.parse({
    ...asked,
    id: row.id,
    createdAtMs: row.createdAtMs,
    prompt: { original, enhanced },
    negativePrompt: asked.negativePrompt || (negative ?? ''),
    seed: row.seed,
    model: row.model.id,
    steps: work.steps,
    ...(asked.kind === 'generate' && { width: work.width, height: work.height }),
    ...(image && { image: refOf(image) }),
    ...(mask && { mask: refOf(mask) }),
  });
}

/** The order of an admitted job; of one job always the same, because everything that was decided is in its row. */
export function orderOf(row: JobRow, pictures: Pictures, work: PricedWork): JobOrder {
  const job = contractOf(row, pictures, work);
  return {
    job,
    requestId: row.requestId,
    keyIdentityId: row.keyId,
    outputMime: outputMimes[row.request.format],
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
