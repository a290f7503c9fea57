import { and, asc, isNull, lt } from 'drizzle-orm';
import type { Database } from '../db/database.ts';
import { jobs } from '../db/schema.ts';
import { settle } from './settle.ts';

export interface SweepOptions {
  readonly nowMs: number;
  /** How long after its deadline a job is left to its pool. */
  readonly graceMs: number;
  /** Jobs to end in one sweep, at most. */
  readonly limit: number;
}

/**
 * Ends jobs that no pool ended, such as one that was admitted right before a crash and never enqueued: they expire
 * and their reservations are given back.
 *
 * @returns the ids of the jobs that expired now
 */
export async function sweepOverdueJobs(
  db: Database,
  { nowMs, graceMs, limit }: SweepOptions,
): Promise<string[]> {
  const overdue = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(isNull(jobs.finishedAtMs), lt(jobs.deadlineAtMs, nowMs - graceMs)))
    .orderBy(asc(jobs.deadlineAtMs))
    .limit(limit);
  const expired: string[] = [];
  for (const { id } of overdue) {
    const { isFirst } = await settle(db, { jobId: id, fence: null, ending: { state: 'expired' }, nowMs });
    if (isFirst) expired.push(id);
  }
  return expired;
}
