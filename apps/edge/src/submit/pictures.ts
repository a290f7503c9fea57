/** The pictures that a request names: stored if they came with it, found, and checked against each other. */
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import type { JobRequest } from '@darkroom/shared/contracts/job-request';
import { AppError } from '@darkroom/shared/errors';
import type { AssetId } from '@darkroom/shared/ids';
import { type Principal, requireAsset } from '../auth/principal.ts';
import { type AssetRow, imageRefOf } from '../db/assets.ts';
import type { Project } from '../db/projects.ts';
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

/** The stored pictures that a request names. */
export function assetsNamedBy(request: JobRequest): AssetId[] {
  const { image, mask } = namesIn(request);
  return [image, mask].filter((id) => id !== undefined);
}

function namesIn(request: JobRequest): { readonly image?: AssetId; readonly mask?: AssetId | undefined } {
  if (!('image' in request)) return {};
  return { image: request.image, ...('mask' in request && { mask: request.mask }) };
}

/**
 * Stores the pictures that came with a request, and gives them as they are stored.
 *
 * @throws AppError `unsupported_media`, `image_too_large` or `image_corrupt` for a file that no worker could use;
 *   `forbidden` to client tokens, whose one picture is there already
 */
export async function keepSent(
  deps: SubmitDeps,
  { principal, request, sent }: Pick<Submission, 'principal' | 'request' | 'sent'>,
  project: Project | undefined,
): Promise<AssetRow[]> {
  if (sent.length === 0) return [];
  if (principal.kind === 'client') {
    const message =
      'a client token is for the one asset that it names: send the file there and name it as the image';
    throw new AppError('forbidden', { message });
  }
  const { projectId, identityId: keyId } = principal;
  const retentionMs = retentionMsOf(project, request.retentionSeconds);
  const kept: AssetRow[] = [];
  for (const { assetId, file } of sent) {
    const bytes = await file.arrayBuffer();
    kept.push(await keepAsset(deps, { projectId, keyId, assetId, bytes, retentionMs }));
  }
  return kept;
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

interface Named {
  readonly principal: Principal;
  readonly assets: readonly AssetRow[];
}

function pictureOf({ principal, assets }: Named, field: 'image' | 'mask', id: AssetId): Picture {
  requireAsset(principal, id);
  const row = assets.find((asset) => asset.id === id);
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
 * The pictures of a request, among those that its project has.
 *
 * @throws AppError `not_found` naming the field, for pictures of other projects too; `conflict` while a file is
 *   awaited; `invalid_request` for a mask of another size
 */
export function picturesOf(request: JobRequest, named: Named): Pictures {
  const names = namesIn(request);
  if (names.image === undefined) return {};
  const image = pictureOf(named, 'image', names.image);
  if (names.mask === undefined) return { image };
  const mask = pictureOf(named, 'mask', names.mask);
  requireSameSize(image, mask);
  return { image, mask };
}
