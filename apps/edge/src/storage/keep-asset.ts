import { AppError } from '@darkroom/shared/errors';
import type { AssetId } from '@darkroom/shared/ids';
import { type AssetRow, insertAwaited } from '../db/assets.ts';
import { type Announced, requireAnnounced } from './announced.ts';
import { assetKey } from './asset-keys.ts';
import { sha256Hex } from './digest.ts';
import { type FixDeps, fixAsset } from './fix-asset.ts';
import { readImageHeader } from './image-header.ts';

export interface AssetToKeep {
  readonly projectId: string;
  /** Identity of the caller's key. */
  readonly keyId: string;
  /** Id that the picture takes; a second try of the same request has the same. */
  readonly assetId: AssetId;
  readonly bytes: ArrayBuffer;
  /** How long it is kept; null = until someone deletes it. */
  readonly retentionMs: number | null;
  /** What its client said of it; a file that is something else is refused. */
  readonly announced?: Announced;
}

/**
 * Stores a picture that came as a whole, once its header was checked; saying it twice is saying it once. The file is
 * kept as it came, EXIF and all: it is private, nobody but its owner sees it, and only the worker decodes it, which
 * writes none of that into what it makes.
 *
 * @throws AppError `unsupported_media`, `image_too_large`, `image_corrupt` or `invalid_request` before anything is
 * stored; `conflict` when the id was taken by another file
 */
export async function keepAsset(deps: FixDeps, asset: AssetToKeep): Promise<AssetRow> {
  const { db, images, nowMs } = deps;
  const { projectId, keyId, assetId: id, bytes, retentionMs, announced = {} } = asset;
  const { mime, width, height } = readImageHeader(new Uint8Array(bytes));
  const found = { mime, sizeBytes: bytes.byteLength, sha256: await sha256Hex(bytes) };
  requireAnnounced(announced, found);
  const key = assetKey({ projectId, id, sha256: found.sha256 });
  const createdAtMs = nowMs();
  const eraseAtMs = retentionMs === null ? null : createdAtMs + retentionMs;
  const owner = { id, projectId, keyId, createdAtMs, eraseAtMs };
  // The row comes first: should this end here, it names what was stored, which is then erased.
  const row = await insertAwaited(db, { ...owner, ...found, objectKey: key });
  if (row.objectKey !== key)
    throw new AppError('conflict', { message: `asset ${id}: expected the file that it was made of` });
  if (row.finalizedAtMs !== null) return row;
  await images.put(key, bytes, mime);
  return await fixAsset(deps, row, { key, ...found, width, height });
}
