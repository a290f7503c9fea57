/** What jobs have delivered, and what was billed of those that were canceled. */
import type { JobResult } from '@darkroom/shared/contracts/job-result';
import { and, asc, eq } from 'drizzle-orm';
import type { Database } from './database.ts';
import { isOneOf } from './is-one-of.ts';
import { jobOutputs, jobResults, usage } from './schema.ts';

export type JobOutputRow = typeof jobOutputs.$inferSelect;

/** The pictures of jobs, those of each in order. */
export async function outputsOf(
  db: Database,
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, readonly JobOutputRow[]>> {
  if (jobIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(jobOutputs)
    .where(isOneOf(jobOutputs.jobId, jobIds))
    .orderBy(asc(jobOutputs.jobId), asc(jobOutputs.position));
  return Map.groupBy(rows, ({ jobId }) => jobId);
}

/** What a job found out; null = nothing, or not yet. */
export async function resultOf(db: Database, jobId: string): Promise<JobResult | null> {
  const [row] = await db
    .select({ result: jobResults.result })
    .from(jobResults)
    .where(eq(jobResults.jobId, jobId));
  return row?.result ?? null;
}

/** The steps that canceled jobs had done, as they were billed; none is named that had done none. */
export async function billedStepsOf(
  db: Database,
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (jobIds.length === 0) return new Map();
  const { jobId, item, quantity } = usage;
  const rows = await db
    .select({ jobId, quantity })
    .from(usage)
    .where(and(isOneOf(jobId, jobIds), eq(item, 'steps')));
  return new Map(rows.map((row) => [row.jobId, row.quantity]));
}
