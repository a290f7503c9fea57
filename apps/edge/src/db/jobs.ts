/** Moves of a job that has not ended, and whether it has; how jobs end is the ledger's, in metering/settle.ts. */
import type { JobId } from '@darkroom/shared/ids';
import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { jobs } from './schema.ts';

/** From where each state can be reached. */
const sources = {
  queued: ['starting', 'running'],
  starting: ['queued', 'starting', 'running'],
  running: ['queued', 'starting', 'running'],
} as const;

export interface JobMove {
  readonly jobId: JobId;
  readonly to: keyof typeof sources;
  /** Fence of the lease that moves it. */
  readonly fence: number;
  readonly nowMs: number;
}

/** Moves jobs, each if it stands where its move begins and no later lease has touched it. */
export async function moveJobs(db: Database, moves: readonly JobMove[]): Promise<void> {
  const [first, ...others] = moves.map((move) => movingJob(db, move));
  if (first) await db.batch([first, ...others]);
}

function movingJob(db: Database, { jobId, to, fence, nowMs }: JobMove) {
  return db
    .update(jobs)
    .set({
      state: to,
      fence,
      ...(to === 'running' && { startedAtMs: sql`coalesce(${jobs.startedAtMs}, ${nowMs})` }),
    })
    .where(and(eq(jobs.id, jobId), inArray(jobs.state, sources[to]), lte(jobs.fence, fence)));
}

/** How a job ended, as the books say; undefined = it has not. */
export async function bookedEnd(db: Database, jobId: JobId): Promise<string | undefined> {
  const { state, finishedAtMs } = jobs;
  const [row] = await db.select({ state, finishedAtMs }).from(jobs).where(eq(jobs.id, jobId));
  return row && row.finishedAtMs !== null ? row.state : undefined;
}
