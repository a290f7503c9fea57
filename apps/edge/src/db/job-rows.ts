/** Jobs as their clients look for them: by project, and hidden once they are to be erased. */
import type { JobKind } from '@darkroom/shared/contracts/job-request';
import type { JobState } from '@darkroom/shared/contracts/job-view';
import type { AssetId } from '@darkroom/shared/ids';
import { and, desc, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { jobs } from './schema.ts';

export type JobRow = typeof jobs.$inferSelect;

/** What narrows a caller to some jobs of its project. */
export interface JobReach {
  /** Identity of the key that pays. */
  readonly keyId: string;
  readonly kind: JobKind;
  /** The photo that they are made from. */
  readonly assetId: AssetId;
}

/** Which job of which project. */
export interface JobName {
  readonly projectId: string;
  readonly id: string;
  /** Absent = all jobs of the project can be found. */
  readonly reach?: JobReach | undefined;
}

const isWithin = ({ keyId, kind, assetId }: JobReach) =>
  and(eq(jobs.keyId, keyId), eq(jobs.kind, kind), sql`json_extract(${jobs.request}, '$.image') = ${assetId}`);

/** Not yet to be erased; a job that has not ended is shown for as long as it may cost something. */
const isKept = (nowMs: number) =>
  or(isNull(jobs.eraseAtMs), gt(jobs.eraseAtMs, nowMs), isNull(jobs.finishedAtMs));

const isSeen = ({ projectId, reach }: Pick<JobName, 'projectId' | 'reach'>, nowMs: number) =>
  and(eq(jobs.projectId, projectId), reach && isWithin(reach), isKept(nowMs));

/** That it is this job, and may be seen. */
export const jobNamed = (name: JobName, nowMs: number): SQL | undefined =>
  and(eq(jobs.id, name.id), isSeen(name, nowMs));

/** A project's job, if it has it. */
export async function findJob(db: Database, name: JobName, nowMs: number): Promise<JobRow | undefined> {
  const [row] = await db.select().from(jobs).where(jobNamed(name, nowMs));
  return row;
}

export interface JobPage extends Pick<JobName, 'projectId' | 'reach'> {
  readonly status?: JobState | undefined;
  readonly kind?: JobKind | undefined;
  /** Those made before this one; absent = from the newest on. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly nowMs: number;
}

/** A project's jobs, the newest first. */
export async function listJobs(
  db: Database,
  { status, kind, after, limit, nowMs, ...whose }: JobPage,
): Promise<JobRow[]> {
  const isAsked: SQL | undefined = and(
    isSeen(whose, nowMs),
    status && eq(jobs.state, status),
    kind && eq(jobs.kind, kind),
    after === undefined ? undefined : lt(jobs.id, after),
  );
  return await db.select().from(jobs).where(isAsked).orderBy(desc(jobs.id)).limit(limit);
}

/** Says that a job is to be canceled, unless it has ended; the first one to say so counts. */
export async function requestCancel(db: Database, { id }: Pick<JobRow, 'id'>, nowMs: number): Promise<void> {
  await db
    .update(jobs)
    .set({ cancelRequestedAtMs: sql`coalesce(${jobs.cancelRequestedAtMs}, ${nowMs})` })
    .where(and(eq(jobs.id, id), isNull(jobs.finishedAtMs)));
}
