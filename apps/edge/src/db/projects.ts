import type { AssetId } from '@darkroom/shared/ids';
import { and, eq } from 'drizzle-orm';
import type { Database } from './database.ts';
import { assets, projects } from './schema.ts';

export type Project = typeof projects.$inferSelect;

/** Stores a new project; one that is there already stays as it is. */
export async function insertProject(db: Database, project: Project): Promise<void> {
  await db.insert(projects).values(project).onConflictDoNothing();
}

/** A project by its id. */
export async function findProject(db: Database, id: string): Promise<Project | undefined> {
  const [project] = await db.select().from(projects).where(eq(projects.id, id));
  return project;
}

/** Whether a picture is the project's. */
export async function ownsAsset(db: Database, projectId: string, id: AssetId): Promise<boolean> {
  const isOwn = and(eq(assets.projectId, projectId), eq(assets.id, id));
  const found = await db.select({ id: assets.id }).from(assets).where(isOwn);
  return found.length > 0;
}
