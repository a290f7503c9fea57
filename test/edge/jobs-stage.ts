/** Jobs of an edge's own project, as a submission leaves them, and what becomes of them. */
import { type NewJob, reserve } from '@darkroom/edge/metering/reserve';
import { settle } from '@darkroom/edge/metering/settle';
import type { OutputObject } from '@darkroom/shared/contracts/frames';
import { EditRequest } from '@darkroom/shared/contracts/job-request';
import { JobView } from '@darkroom/shared/contracts/job-view';
import type { JobId } from '@darkroom/shared/ids';
import { Ledger, priceOfMicros } from '../support/ledger.ts';
import { png, pngSha256 } from './assets-stage.ts';
import type { EdgeUnderTest } from './edge-app.ts';
import { PoolStage } from './pool-stage.ts';

export const jobMicros = 100;
export const missingJob = `job_${'0'.repeat(26)}`;

/** A pool of its own, as no test should see the jobs of another. */
export const openPool = async (): Promise<PoolStage> => await PoolStage.open(`jobs-${crypto.randomUUID()}`);

/** Admits a job of the edge's key, without handing it to a pool. */
export async function admit(
  { deps, project, key }: EdgeUnderTest,
  changes: Partial<NewJob> = {},
): Promise<JobId> {
  const whose = { projectId: project.id, keyId: key.id, createdAtMs: deps.nowMs() };
  const job = new Ledger().newJob({ ...whose, ...changes });
  await reserve(deps.db, job, priceOfMicros(jobMicros));
  return job.id;
}

/** A job that waits in a pool, or runs there if it has a worker. */
export async function enqueue(edge: EdgeUnderTest, stage: PoolStage): Promise<JobId> {
  const id = await admit(edge, { pool: stage.name });
  await edge.deps.pools.enqueue(stage.name, stage.order(id, { projectId: edge.project.id }));
  return id;
}

/** The job is done, and its picture is stored; gives where. */
export async function finish(
  { deps }: EdgeUnderTest,
  jobId: JobId,
  changes: Partial<OutputObject> = {},
): Promise<string> {
  const key = `out/${jobId}/1/0.png`;
  await deps.images.put(key, png.slice().buffer, 'image/png');
  const size = { sizeBytes: png.length, mime: 'image/png', width: 6, height: 4 } as const;
  const picture = { key, sha256: pngSha256, ...size, ...changes };
  const model = { id: 'darkroom/edit', sha256: 'b'.repeat(64) };
  const ending = { state: 'succeeded', outputs: [picture], model } as const;
  await settle(deps.db, { jobId, fence: 1, ending, nowMs: deps.nowMs() });
  return key;
}

/** A request for an edit of a photo. */
export const editOf = (image: string): EditRequest =>
  EditRequest.parse({ kind: 'edit', image, prompt: 'make it snow' });

export const jobOf = async (answer: Response): Promise<JobView> => JobView.parse(await answer.json());

/** How the job stands. */
export const see = async ({ ask }: EdgeUnderTest, id: JobId): Promise<JobView> =>
  await jobOf(await ask(`/v1/jobs/${id}`));

export const cancel = async ({ ask }: EdgeUnderTest, id: string): Promise<Response> =>
  await ask(`/v1/jobs/${id}/cancel`, { method: 'POST' });

/** The names of the events in a stream's text. */
export const eventNames = (text: string): string[] => text.match(/(?<=^event: ).*/gm) ?? [];
