import type { JobState } from '@darkroom/shared/contracts/job-view';
import { AppError } from '@darkroom/shared/errors';
import type { JobId } from '@darkroom/shared/ids';
import type { Price } from '@darkroom/shared/pricing';
import { eq, sql } from 'drizzle-orm';
import type { Database } from '../db/database.ts';
import { jobs } from '../db/schema.ts';
import { type JobEnding, usageOf } from './charge.ts';
import {
  type Closing,
  chargeBudgets,
  endJob,
  insertOutbox,
  insertOutputs,
  insertResult,
  insertUsage,
} from './settle-writes.ts';

export interface SettleOptions {
  readonly jobId: JobId;
  /** Fence of the lease that reports the end; null = whoever holds it, for ends that no lease reports. */
  readonly fence: number | null;
  readonly ending: JobEnding;
  readonly nowMs: number;
  /** As the job was priced, for callers that know; absent = it is read. */
  readonly price?: Price | undefined;
  /** When work on it began, should the books not say so yet. */
  readonly startedAtMs?: number | undefined;
}

/** Where the job stands afterwards. */
export interface Settlement {
  /** Another than was asked for when it had ended already; still an open one when the fence was stale. */
  readonly state: JobState;
  readonly chargedMicros: number;
  /** Whether this call did it. */
  readonly isFirst: boolean;
  /** Whether some webhook is to be told of it, or whoever ended it before may not have come to telling. */
  readonly isAwaited: boolean;
}

async function readJob(db: Database, jobId: JobId) {
  const { state, chargedMicros, priceId, pictureMicros, pictures, steps } = jobs;
  const [row] = await db
    .select({ state, chargedMicros, priceId, pictureMicros, pictures, steps })
    .from(jobs)
    .where(eq(jobs.id, jobId));
  if (row) return row;
  throw new AppError('not_found', { message: `job ${jobId}: expected a job in the database` });
}

/**
 * Ends a job, once: its state, pictures, result, bill, budgets and outbox row in one transaction.
 *
 * Every statement asks whether the job is still open and the lease not superseded, and the last one closes it; so the
 * first end wins whole, and each later one, the same or another, changes nothing. An end without a charge releases the
 * reservation.
 *
 * @throws AppError `not_found` when there is no such job; TypeError when more is reported than was priced
 */
export async function settle(db: Database, options: SettleOptions): Promise<Settlement> {
  const { jobId, fence, ending, nowMs, startedAtMs, price = await readJob(db, jobId) } = options;
  const lines = usageOf(price, ending);
  const chargedMicros = lines.reduce((sum, { micros }) => sum + micros, 0);
  const isCurrent = fence === null ? sql`TRUE` : sql`${jobs.fence} <= ${fence}`;
  const isOurs = sql`${jobs.id} = ${jobId} AND ${jobs.finishedAtMs} IS NULL AND ${isCurrent}`;
  const closing: Closing = { db, ending, isOurs, nowMs };
  const [, , , , [event], [ended]] = await db.batch([
    chargeBudgets(closing, chargedMicros),
    insertUsage(closing, lines),
    insertOutputs(closing),
    insertResult(closing),
    insertOutbox(closing),
    endJob(closing, { chargedMicros, fence, startedAtMs }),
  ]);
  if (ended) return { ...ended, isFirst: true, isAwaited: event?.sentAtMs === null };
  const { state, chargedMicros: charged } = await readJob(db, jobId);
  return { state, chargedMicros: charged, isFirst: false, isAwaited: true };
}
