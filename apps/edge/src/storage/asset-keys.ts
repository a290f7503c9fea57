/** Where the bytes of uploaded pictures lie. */
import type { AssetName } from '../db/assets.ts';

/** Under what all files lie that were sent but not checked. */
export const uploadPrefix = 'up/';

/** Where a signed address puts a file; nothing reads it but the check. */
export function uploadKey(assetId: string): string {
  return `${uploadPrefix}${assetId}`;
}

/** Under what the checked bytes of a picture lie. */
export function assetPrefix({ projectId, id }: AssetName): string {
  return `p/${projectId}/a/${id}/`;
}

/**
 * Where the checked bytes of a picture lie. No address was ever signed to write here, and the digest is part of the
 * key: two who finalize at once can never write different bytes to one place.
 */
export function assetKey({ sha256, ...name }: AssetName & { readonly sha256: string }): string {
  return assetPrefix(name) + sha256;
}
