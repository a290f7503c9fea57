/** An offer as the worker gets it: the job, and signed addresses for its pictures and for nothing else. */
import type { DoneFrame, OfferFrame, WorkerFrame } from '@darkroom/shared/contracts/frames';
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import type { Job } from '@darkroom/shared/contracts/job';
import { type OutputMime, plannedOutputs } from '@darkroom/shared/contracts/job-outputs';
import { type JobKind, visionKinds } from '@darkroom/shared/contracts/job-request';
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
} as const satisfies Record<OutputMime, string>;

/** Where the pictures of a lease lie. */
export function outputPrefix({ jobId, fence }: { readonly jobId: string; readonly fence: number }): string {
  return `out/${jobId}/${fence}/`;
}

/** The places of a lease's pictures, in order. */
function outputPlaces(
  { job }: JobOrder,
  fence: number,
): { readonly key: string; readonly mime: OutputMime }[] {
  const prefix = outputPrefix({ jobId: job.id, fence });
  return plannedOutputs(job).map(({ mime }, n) => ({ key: `${prefix}${n}.${extensions[mime]}`, mime }));
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
  const { job, requestId } = order;
  const { checkpoint } = facts;
  const get = async (key: string) => (await images.signGet(key, ttlSeconds)).url;
  const inputs = imagesOf(job).map(async ({ key }) => [key, await get(key)] as const);
  const outputs = outputPlaces(order, facts.fence).map(async ({ key, mime }) => {
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

/** The kind of result that a job has; undefined = it makes pictures only. */
function resultKindOf({ kind }: Job): JobKind | undefined {
  return visionKinds.find((known) => known === kind);
}

/**
 * The worker's report, or a failure in its place when it names other pictures than it was asked for, or another
 * result: what a worker says must never make another's picture this job's.
 */
export function checkedReport(frame: DoneFrame, order: JobOrder | undefined): WorkerFrame {
  if (!order) return frame;
  const { jobId, fence, outputs, result, metrics } = frame;
  const places = outputPlaces(order, fence);
  const isPlaced =
    outputs.length === places.length &&
    outputs.every(({ key, mime }, n) => key === places[n]?.key && mime === places[n].mime);
  const wanted = resultKindOf(order.job);
  if (isPlaced && result?.kind === wanted) return frame;
  const keysOf = (list: readonly { readonly key: string }[]) =>
    list.map(({ key }) => key).join(', ') || 'none';
  const detail = isPlaced
    ? `result: expected ${wanted ?? 'none'}, got ${result?.kind ?? 'none'}`
    : `outputs: expected ${keysOf(places)}, got ${keysOf(outputs)}`;
  const failure = { class: 'retryable', code: 'internal', detail: detail.slice(0, 2000) } as const;
  return { type: 'fail', jobId, fence, ...failure, stepsDone: metrics.steps };
}
