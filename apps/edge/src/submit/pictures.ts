/** The pictures that a request names: stored if they came with it, found, and checked against each other. */
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import type { JobRequest } from '@darkroom/shared/contracts/job-request';
import { AppError } from '@darkroom/shared/errors';
import type { AssetId } from '@darkroom/shared/ids';
import { type Principal, requireAsset } from '../auth/principal.ts';
import { findAsset, imageRefOf } from '../db/assets.ts';
import { findProject } from '../db/projects.ts';
import { eraseAsset } from '../storage/erase.ts';
import { keepAsset } from '../storage/keep-asset.ts';
import { retentionMsOf } from '../storage/retention.ts';
import type { Submission, SubmitDeps } from './submission.ts';

/** A stored picture, as a job and its price need it. */
export interface Picture extends ImageRef {
  /** Of the stored pixels, before any rotation. */
  readonly width: number;
  readonly height: number;
}

export interface Pictures {
  readonly image?: Picture;
  readonly mask?: Picture;
}

/**
 * Stores the pictures that came with a request.
 *
 * @throws AppError `unsupported_media`, `image_too_large` or `image_corrupt` for a file that no worker could use;
 *   `forbidden` to client tokens, whose one picture is there already
 */
export async function keepSent(
  deps: SubmitDeps,
  { principal, request, sent }: Pick<Submission, 'principal' | 'request' | 'sent'>,
): Promise<void> {
  if (sent.length === 0) return;
  if (principal.kind === 'client') {
    const message =
      'a client token is for the one asset that it names: send the file there and name it as the image';
    throw new AppError('forbidden', { message });
  }
  const { projectId, identityId: keyId } = principal;
  const retentionMs = retentionMsOf(await findProject(deps.db, projectId), request.retentionSeconds);
  for (const { assetId, file } of sent) {
    const bytes = await file.arrayBuffer();
    await keepAsset(deps, { projectId, keyId, assetId, bytes, retentionMs });
  }
}

/** Erases the pictures that came with a request, because nothing came of it. */
export async function dropSent(
  deps: SubmitDeps,
  { principal, sent }: Pick<Submission, 'principal' | 'sent'>,
): Promise<void> {
  for (const { assetId: id } of sent) {
    await eraseAsset(deps, { projectId: principal.projectId, id }).catch((error: unknown) => {
      // It was refused before it was stored.
      if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
    });
  }
}

async function findPicture(
  deps: Pick<SubmitDeps, 'db' | 'nowMs'>,
  principal: Principal,
  field: 'image' | 'mask',
  id: AssetId,
): Promise<Picture> {
  requireAsset(principal, id);
  const row = await findAsset(deps.db, { projectId: principal.projectId, id }, deps.nowMs());
  if (!row)
    throw new AppError('not_found', { message: `${field}: there is no asset ${id}`, details: { field } });
  const picture = imageRefOf(row);
  if (row.width === null || row.height === null)
    throw new AppError('internal', { message: `asset ${id}: expected its size` });
  return { ...picture, width: row.width, height: row.height };
}

/** A mask may be turned as the photo's EXIF turns it, or not. */
function requireSameSize(image: Picture, mask: Picture): void {
  const isSame = image.width === mask.width && image.height === mask.height;
  const isTurned = image.width === mask.height && image.height === mask.width;
  if (isSame || isTurned) return;
  const message = `mask: expected the photo’s ${image.width}×${image.height} pixels, got ${mask.width}×${mask.height}`;
  throw new AppError('invalid_request', { message, details: { field: 'mask' } });
}

/**
 * The stored pictures that a request names.
 *
 * @throws AppError `not_found` naming the field, for pictures of other projects too; `conflict` while a file is
 *   awaited; `invalid_request` for a mask of another size
 */
export async function findPictures(
  deps: Pick<SubmitDeps, 'db' | 'nowMs'>,
  principal: Principal,
  request: JobRequest,
): Promise<Pictures> {
  if (!('image' in request)) return {};
  const image = await findPicture(deps, principal, 'image', request.image);
  if (!('mask' in request) || request.mask === undefined) return { image };
  const mask = await findPicture(deps, principal, 'mask', request.mask);
  requireSameSize(image, mask);
  return { image, mask };
}
