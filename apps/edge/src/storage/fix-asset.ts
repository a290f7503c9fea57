import { AppError } from '@darkroom/shared/errors';
import { type AssetName, type AssetRow, type CheckedBytes, finalizeAsset, findAsset } from '../db/assets.ts';
import type { Deps } from '../deps.ts';

export type FixDeps = Pick<Deps, 'db' | 'images' | 'nowMs'>;

/**
 * Fixes a picture to checked bytes that were stored for it. Who comes second finds it fixed already, and what it
 * stored is deleted unless it is the same.
 *
 * @throws AppError `not_found` when the picture was deleted meanwhile
 */
export async function fixAsset(
  { db, images, nowMs }: FixDeps,
  { projectId, id }: AssetName,
  bytes: CheckedBytes,
): Promise<AssetRow> {
  const name = { projectId, id };
  const fixed = await finalizeAsset(db, name, { ...bytes, nowMs: nowMs() });
  if (fixed) return fixed;
  const row = await findAsset(db, name, nowMs());
  if (row?.objectKey !== bytes.key) await images.delete([bytes.key]);
  if (!row) throw new AppError('not_found');
  return row;
}
