/** Jobs that are to be erased with their pictures; what they cost stays in the books. */
import type { JobId } from '@darkroom/shared/ids';
import { and, asc, eq, inArray, isNotNull, lte } from 'drizzle-orm';
import type { Database } from './database.ts';
import { jobOutputs, jobResults, jobs } from './schema.ts';

/** Jobs whose time is over; one that has not ended is left until it has. */
export async function dueJobs(
  db: Database,
  { nowMs, limit }: { readonly nowMs: number; readonly limit: number },
): Promise<JobId[]> {
  const rows = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(isNotNull(jobs.eraseAtMs), lte(jobs.eraseAtMs, nowMs), isNotNull(jobs.finishedAtMs)))
    .orderBy(asc(jobs.eraseAtMs))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** Says that a job is to be erased now: what became of it, or undefined when the project has no such job. */
export async function condemnJob(
  db: Database,
  projectId: string,
  jobId: JobId,
): Promise<'condemned' | 'still open' | undefined> {
  const isNamed = and(eq(jobs.projectId, projectId), eq(jobs.id, jobId));
  const condemned = await db
    .update(jobs)
    // The beginning of time, which is over by every clock.
    .set({ eraseAtMs: 0 })
    .where(and(isNamed, isNotNull(jobs.finishedAtMs)))
    .returning({ id: jobs.id });
  if (condemned.length > 0) return 'condemned';
  const found = await db.select({ id: jobs.id }).from(jobs).where(isNamed);
  return found.length > 0 ? 'still open' : undefined;
}

/** Deletes the rows of jobs, `maxNamed` at most, whose pictures are gone already; their usage stays. */
export async function deleteJobs(db: Database, ids: readonly JobId[]): Promise<void> {
  await db.batch([
    db.delete(jobOutputs).where(inArray(jobOutputs.jobId, [...ids])),
    db.delete(jobResults).where(inArray(jobResults.jobId, [...ids])),
    db.delete(jobs).where(inArray(jobs.id, [...ids])),
  ]);
}
