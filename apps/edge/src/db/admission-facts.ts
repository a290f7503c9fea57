/** What the database knows of a wish for a job before it is admitted, in one round trip. */
import type { AssetId, JobId } from '@darkroom/shared/ids';
import { and, eq } from 'drizzle-orm';
import { type AssetRow, areKept } from './assets.ts';
import type { Database } from './database.ts';
import { isOneOf } from './is-one-of.ts';
import { type JobRow, jobNamed } from './job-rows.ts';
import type { Project } from './projects.ts';
import { assets, jobs, projects } from './schema.ts';

/** What is looked for. */
export interface WishName {
  readonly projectId: string;
  readonly jobId: JobId;
  /** Stored pictures that it names. */
  readonly assetIds: readonly AssetId[];
}

export interface AdmissionFacts {
  /** The job of that id, which another try of the same request made; undefined = there is none. */
  readonly job: JobRow | undefined;
  /** Those of the pictures that the project has. */
  readonly assets: readonly AssetRow[];
  readonly project: Project | undefined;
}

/** Reads it all. */
export async function readAdmissionFacts(
  db: Database,
  { projectId, jobId, assetIds }: WishName,
  nowMs: number,
): Promise<AdmissionFacts> {
  const isAsked = and(eq(assets.projectId, projectId), isOneOf(assets.id, assetIds), areKept(nowMs));
  const [[job], found, [project]] = await db.batch([
    db
      .select()
      .from(jobs)
      .where(jobNamed({ projectId, id: jobId }, nowMs)),
    db.select().from(assets).where(isAsked),
    db.select().from(projects).where(eq(projects.id, projectId)),
  ]);
  return { job, assets: found, project };
}
