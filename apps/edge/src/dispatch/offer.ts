/** An offer as the worker gets it: the job, and signed addresses for its pictures and for nothing else. */
import type { DoneFrame, OfferFrame, WorkerFrame } from '@darkroom/shared/contracts/frames';
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import type { Job } from '@darkroom/shared/contracts/job';
import type { ImageStore } from '../storage/image-store.ts';
import type { JobOrder } from './job-pools.ts';
import type { JobFacts } from './pool-rows.ts';

/** How long addresses work. */
const ttlSeconds = 900;
const previewEvery = 4;
const aDayMs = 24 * 3_600_000;

const extensions = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
} as const satisfies Record<JobOrder['outputMime'], string>;

/** Where the pictures of a lease lie. */
export function outputPrefix({ jobId, fence }: { readonly jobId: string; readonly fence: number }): string {
  return `out/${jobId}/${fence}/`;
}

/** The keys of a lease's pictures, in order. */
export function outputKeys({ job, outputMime }: JobOrder, fence: number): string[] {
  const prefix = outputPrefix({ jobId: job.id, fence });
  return Array.from({ length: job.count }, (_, n) => `${prefix}${n}.${extensions[outputMime]}`);
}

function imagesOf(job: Job): ImageRef[] {
  return [
    ...('image' in job ? [job.image] : []),
    ...('mask' in job && job.mask !== undefined ? [job.mask] : []),
  ];
}

export interface OfferPorts {
  readonly images: ImageStore;
  readonly nowMs: () => number;
}

/** Signs the addresses and writes the offer. */
export async function writeOffer(
  facts: JobFacts,
  order: JobOrder,
  { images, nowMs }: OfferPorts,
): Promise<OfferFrame> {
  const { job, requestId, outputMime: mime } = order;
  const { checkpoint } = facts;
  const get = async (key: string) => (await images.signGet(key, ttlSeconds)).url;
  const inputs = imagesOf(job).map(async ({ key }) => [key, await get(key)] as const);
  const outputs = outputKeys(order, facts.fence).map(async (key) => {
    const { url } = await images.signPut(key, { mime, ttlSeconds });
    return { key, url, mime };
  });
  return {
    type: 'offer',
    version: 1,
    jobId: facts.id,
    fence: facts.fence,
    attempt: facts.attempts,
    job,
    requestId,
    deadlineInMs: Math.min(Math.max(0, facts.deadlineAtMs - nowMs()), aDayMs),
    smaller: facts.isSmaller,
    previewEvery,
    inputs: Object.fromEntries(await Promise.all(inputs)),
    outputs: await Promise.all(outputs),
    resume: checkpoint && { url: await get(checkpoint.key), step: checkpoint.step },
  };
}

/**
 * The worker's report, or a failure in its place when it names other pictures than it was asked for: what a worker
 * says must never make another's picture this job's.
 */
export function checkedReport(frame: DoneFrame, order: JobOrder | undefined): WorkerFrame {
  if (!order) return frame;
  const { jobId, fence, outputs, metrics } = frame;
  const keys = outputKeys(order, fence);
  const isAsked =
    outputs.length === keys.length &&
    outputs.every(({ key, mime }, n) => key === keys[n] && mime === order.outputMime);
  if (isAsked) return frame;
  const detail = `outputs: expected ${keys.join(', ')}, got ${outputs.map(({ key }) => key).join(', ')}`;
  const failure = { class: 'retryable', code: 'internal', detail: detail.slice(0, 2000) } as const;
  return { type: 'fail', jobId, fence, ...failure, stepsDone: metrics.steps };
}
