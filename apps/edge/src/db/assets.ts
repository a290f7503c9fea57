/** Uploaded pictures: awaited until their bytes were checked, then fixed until they are erased. */
import { ImageRef } from '@darkroom/shared/contracts/image-ref';
import { AppError } from '@darkroom/shared/errors';
import { and, desc, eq, gt, inArray, isNotNull, isNull, lt, lte, or, type SQL } from 'drizzle-orm';
import type { Database } from './database.ts';
import { assets } from './schema.ts';

export type AssetRow = typeof assets.$inferSelect;

/** Which picture of which project. */
export interface AssetName {
  readonly projectId: string;
  readonly id: string;
}

/** How long a file is awaited. */
export const awaitedMs = 3_600_000;
/** Rows that are named in one statement at most: D1 takes 100 values, some of which others need. */
export const maxNamed = 90;

const isNamed = ({ projectId, id }: AssetName) => and(eq(assets.projectId, projectId), eq(assets.id, id));

/** Not yet to be erased. What is to be erased is hidden at once, so that nobody begins anything with it. */
export const areKept = (nowMs: number): SQL | undefined =>
  and(
    or(isNull(assets.eraseAtMs), gt(assets.eraseAtMs, nowMs)),
    or(isNotNull(assets.finalizedAtMs), gt(assets.createdAtMs, nowMs - awaitedMs)),
  );

/** A project's picture, if it has it. */
export async function findAsset(db: Database, name: AssetName, nowMs: number): Promise<AssetRow | undefined> {
  const [row] = await db
    .select()
    .from(assets)
    .where(and(isNamed(name), areKept(nowMs)));
  return row;
}

/**
 * Where a picture's checked bytes lie and what they are, as jobs name it.
 *
 * @throws AppError `conflict` when they are still awaited
 */
export function imageRefOf({ id, objectKey, sha256, sizeBytes, mime, finalizedAtMs }: AssetRow): ImageRef {
  if (finalizedAtMs === null)
    throw new AppError('conflict', {
      message: `asset ${id}: expected one that is ready, got an awaited one`,
    });
  return ImageRef.parse({ key: objectKey, sha256, sizeBytes, mime });
}

/**
 * Announces a picture; one that is there already stays as it is. Gives what is there then.
 *
 * @throws AppError `conflict` when what is there is about to be erased
 */
export async function insertAwaited(
  db: Database,
  row: Omit<AssetRow, 'width' | 'height' | 'finalizedAtMs'>,
): Promise<AssetRow> {
  await db.insert(assets).values(row).onConflictDoNothing();
  const found = await findAsset(db, row, row.createdAtMs);
  if (found) return found;
  throw new AppError('conflict', {
    message: `asset ${row.id}: expected one that is kept, got an erased one`,
  });
}

/** What was found in checked bytes, and where they lie. */
export type CheckedBytes = ImageRef & { readonly width: number; readonly height: number };

/** Fixes an awaited picture to bytes that were checked; undefined = it is not awaited any more, or was deleted. */
export async function finalizeAsset(
  db: Database,
  name: AssetName,
  { key, nowMs, ...found }: CheckedBytes & { readonly nowMs: number },
): Promise<AssetRow | undefined> {
  const [row] = await db
    .update(assets)
    .set({ ...found, objectKey: key, finalizedAtMs: nowMs })
    .where(and(isNamed(name), isNull(assets.finalizedAtMs), areKept(nowMs)))
    .returning();
  return row;
}

export interface AssetPage {
  readonly projectId: string;
  /** The one that may be seen; absent = all. */
  readonly only?: string | undefined;
  /** Those made before this one; absent = from the newest on. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly nowMs: number;
}

/** A project's pictures, the newest first. */
export async function listAssets(
  db: Database,
  { projectId, only, after, limit, nowMs }: AssetPage,
): Promise<AssetRow[]> {
  const isAsked = and(
    eq(assets.projectId, projectId),
    only === undefined ? undefined : eq(assets.id, only),
    after === undefined ? undefined : lt(assets.id, after),
    areKept(nowMs),
  );
  return await db.select().from(assets).where(isAsked).orderBy(desc(assets.id)).limit(limit);
}

/** Says that a picture is to be erased now; false = there is none. */
export async function condemnAsset(db: Database, name: AssetName, nowMs: number): Promise<boolean> {
  const condemned = await db
    .update(assets)
    // The beginning of time, which is over by every clock.
    .set({ eraseAtMs: 0 })
    .where(and(isNamed(name), areKept(nowMs)))
    .returning({ id: assets.id });
  return condemned.length > 0;
}

/** Pictures whose time is over, or whose file never came. */
export async function dueAssets(
  db: Database,
  { nowMs, limit }: { readonly nowMs: number; readonly limit: number },
): Promise<AssetName[]> {
  const wasForgotten = and(isNull(assets.finalizedAtMs), lte(assets.createdAtMs, nowMs - awaitedMs));
  const isOver = and(isNotNull(assets.eraseAtMs), lte(assets.eraseAtMs, nowMs));
  return await db
    .select({ projectId: assets.projectId, id: assets.id })
    .from(assets)
    .where(or(isOver, wasForgotten))
    .limit(limit);
}

/** Which of these pictures, `maxNamed` at most, are awaited. */
export async function awaitedAmong(
  db: Database,
  ids: readonly string[],
  nowMs: number,
): Promise<ReadonlySet<string>> {
  const isAwaited = and(inArray(assets.id, [...ids]), isNull(assets.finalizedAtMs), areKept(nowMs));
  const rows = await db.select({ id: assets.id }).from(assets).where(isAwaited);
  return new Set(rows.map(({ id }) => id));
}

/** Deletes rows, `maxNamed` at most, whose bytes are gone already. */
export async function deleteAssets(db: Database, ids: readonly string[]): Promise<void> {
  await db.delete(assets).where(inArray(assets.id, [...ids]));
}
