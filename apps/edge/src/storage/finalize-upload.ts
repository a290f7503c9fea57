import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import { AppError } from '@darkroom/shared/errors';
import { type AssetRow, findAsset } from '../db/assets.ts';
import { requireAnnounced } from './announced.ts';
import { assetKey, uploadKey } from './asset-keys.ts';
import { digestStream } from './digest.ts';
import { type FixDeps, fixAsset } from './fix-asset.ts';
import { maxHeaderBytes, readImageHeader } from './image-header.ts';
import type { ImageStore } from './image-store.ts';

type Found = Omit<ImageRef, 'key'> & { readonly width: number; readonly height: number };

/** Reads a file that was sent and tells what it is. */
async function check(images: ImageStore, from: string, announced: AssetRow): Promise<Found> {
  const object = await images.head(from);
  // A file of another size is not even read.
  if (object) requireAnnounced(announced, { sizeBytes: object.sizeBytes });
  const stream = object && (await images.read(from));
  if (!stream)
    throw new AppError('conflict', {
      message: `asset ${announced.id}: expected its file to have been sent to its address first`,
    });
  const { head, ...read } = await digestStream(stream, maxHeaderBytes);
  const found = { ...read, ...readImageHeader(head) };
  requireAnnounced(announced, found);
  return found;
}

/**
 * Takes over the file that was sent to a picture's signed address, if it is what was announced; otherwise it is
 * deleted, and another one is awaited. The address may work some minutes longer, so the checked bytes are copied, by
 * their digest, to a key that no address writes to. Saying it twice is saying it once.
 *
 * @throws AppError `conflict` when there is no file, or it changed while it was checked; `invalid_request`,
 * `unsupported_media`, `image_too_large`, `image_corrupt` when it is not what was announced
 */
export async function finalizeUpload(deps: FixDeps, row: AssetRow): Promise<AssetRow> {
  if (row.finalizedAtMs !== null) return row;
  return await takeOver(deps, row).catch(async (error: unknown) => {
    // Who finalized at the same time took the file away.
    const current = await findAsset(deps.db, row, deps.nowMs());
    if (current && current.finalizedAtMs !== null) return current;
    throw error;
  });
}

async function takeOver(deps: FixDeps, row: AssetRow): Promise<AssetRow> {
  const { images } = deps;
  const from = uploadKey(row.id);
  const found = await check(images, from, row).catch(async (error: unknown) => {
    if (error instanceof AppError) await images.delete([from]);
    throw error;
  });
  const key = assetKey({ ...row, sha256: found.sha256 });
  if (!(await images.copy(from, key, found)))
    throw new AppError('conflict', { message: `asset ${row.id}: its file changed while it was checked` });
  const fixed = await fixAsset(deps, row, { ...found, key });
  await images.delete([from]);
  return fixed;
}
