import { AssetView } from '@darkroom/shared/contracts/asset';
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import type { Principal } from '../auth/principal.ts';
import { type AssetRow, awaitedMs } from '../db/assets.ts';
import { uploadKey } from './asset-keys.ts';
import type { FixDeps } from './fix-asset.ts';

/** How long files can be sent and fetched. */
const uploadSeconds = 600;
const downloadSeconds = 3600;

export type ViewDeps = Pick<FixDeps, 'images' | 'nowMs'>;

const instant = (timeMs: number) => new Date(timeMs).toISOString();
const orNull = (timeMs: number | null) => (timeMs === null ? null : instant(timeMs));

/** Seconds that an address may work: as long as usual, but never longer than what it leads to. */
const secondsUntil = (endMs: number, nowMs: number, usual: number) =>
  Math.max(1, Math.min(usual, Math.floor((endMs - nowMs) / 1000)));

async function uploadOf({ images, nowMs }: ViewDeps, row: AssetRow): Promise<AssetView['upload']> {
  // Whoever announced the picture said both.
  const [mime, sizeBytes] = [row.mime as ImageRef['mime'], row.sizeBytes as number];
  const ttlSeconds = secondsUntil(row.createdAtMs + awaitedMs, nowMs(), uploadSeconds);
  const { url, expiresAtMs } = await images.signPut(uploadKey(row.id), { mime, sizeBytes, ttlSeconds });
  const headers = { 'content-type': mime, 'content-length': String(sizeBytes) };
  return { url, method: 'PUT', headers, expiresAt: instant(expiresAtMs) };
}

/** A fresh address of stored bytes, which ends when they are erased or earlier. */
export async function downloadOf(
  { images, nowMs }: ViewDeps,
  { objectKey, eraseAtMs }: Pick<AssetRow, 'objectKey' | 'eraseAtMs'>,
): Promise<{ readonly url: string; readonly expiresAt: string }> {
  const endMs = eraseAtMs ?? Number.POSITIVE_INFINITY;
  const address = await images.signGet(objectKey, secondsUntil(endMs, nowMs(), downloadSeconds));
  return { url: address.url, expiresAt: instant(address.expiresAtMs) };
}

/** A picture as its owner sees it, with fresh addresses; only who may write gets one to write to. */
export async function assetViewOf(
  deps: ViewDeps,
  { scopes }: Pick<Principal, 'scopes'>,
  row: AssetRow,
): Promise<AssetView> {
  const isReady = row.finalizedAtMs !== null;
  const mayUpload = !isReady && scopes.has('assets:write');
  const { id, width, height, sha256 } = row;
  return AssetView.parse({
    id,
    status: isReady ? 'ready' : 'awaiting',
    mime: row.mime,
    width,
    height,
    bytes: row.sizeBytes,
    sha256,
    ...(isReady ? await downloadOf(deps, row) : { url: null, expiresAt: null }),
    upload: mayUpload ? await uploadOf(deps, row) : null,
    createdAt: instant(row.createdAtMs),
    eraseAt: orNull(row.eraseAtMs),
  });
}
