/**
 * Erases pictures and jobs. Bytes go before the rows that name them, and rows that are to go say so first: whatever
 * ends half way is found again and erased by the next run.
 */
import { AppError } from '@darkroom/shared/errors';
import type { JobId } from '@darkroom/shared/ids';
import {
  type AssetName,
  awaitedAmong,
  condemnAsset,
  deleteAssets,
  dueAssets,
  maxNamed,
} from '../db/assets.ts';
import { condemnJob, deleteJobs, dueJobs } from '../db/erasable-jobs.ts';
import type { Deps } from '../deps.ts';
import { assetPrefix, uploadKey, uploadPrefix } from './asset-keys.ts';
import { type ImageStore, maxListed } from './image-store.ts';

type EraseDeps = Pick<Deps, 'db' | 'images' | 'nowMs'>;

/** Deletes every object whose key begins so. */
async function deleteUnder(images: ImageStore, prefix: string): Promise<void> {
  for (let found = maxListed; found === maxListed; ) {
    const keys = await images.list(prefix);
    found = keys.length;
    if (found > 0) await images.delete(keys);
  }
}

async function eraseAssets({ db, images }: EraseDeps, names: readonly AssetName[]): Promise<void> {
  if (names.length === 0) return;
  await Promise.all(names.map((name) => deleteUnder(images, assetPrefix(name))));
  await images.delete(names.map(({ id }) => uploadKey(id)));
  await deleteAssets(
    db,
    names.map(({ id }) => id),
  );
}

async function eraseJobs({ db, images }: EraseDeps, ids: readonly JobId[]): Promise<void> {
  if (ids.length === 0) return;
  await Promise.all(ids.map((id) => deleteUnder(images, `out/${id}/`)));
  await deleteJobs(db, ids);
}

/**
 * Erases a picture; jobs that are to begin with it will not find it.
 *
 * @throws AppError `not_found`
 */
export async function eraseAsset(deps: EraseDeps, name: AssetName): Promise<void> {
  if (!(await condemnAsset(deps.db, name, deps.nowMs()))) throw new AppError('not_found');
  await eraseAssets(deps, [name]);
}

/**
 * Erases a job that has ended, with the pictures that it made; what it cost stays in the books. The pictures that it
 * was given are assets, and stay.
 *
 * @throws AppError `not_found`; `conflict` while it has not ended
 */
export async function eraseJob(deps: EraseDeps, projectId: string, jobId: JobId): Promise<void> {
  const condemned = await condemnJob(deps.db, projectId, jobId);
  if (condemned === undefined) throw new AppError('not_found');
  if (condemned === 'still open')
    throw new AppError('conflict', { message: `job ${jobId}: expected one that has ended; cancel it first` });
  await eraseJobs(deps, [jobId]);
}

/** Finds some that are due and erases them, until so many are or none is left; tells how many were. */
async function inBatches<T>(
  limit: number,
  find: (limit: number) => Promise<readonly T[]>,
  erase: (due: readonly T[]) => Promise<void>,
): Promise<number> {
  let erased = 0;
  while (erased < limit) {
    const asked = Math.min(limit - erased, maxNamed);
    const due = await find(asked);
    await erase(due);
    erased += due.length;
    if (due.length < asked) break;
  }
  return erased;
}

/** Deletes files that were sent where none is awaited: a signed address works on when its picture is ready or gone. */
async function deleteStrayUploads({ db, images, nowMs }: EraseDeps): Promise<number> {
  const keys = await images.list(uploadPrefix);
  let deleted = 0;
  for (let at = 0; at < keys.length; at += maxNamed) {
    const ids = keys.slice(at, at + maxNamed).map((key) => key.slice(uploadPrefix.length));
    const awaited = await awaitedAmong(db, ids, nowMs());
    const strays = ids.filter((id) => !awaited.has(id)).map(uploadKey);
    if (strays.length > 0) await images.delete(strays);
    deleted += strays.length;
  }
  return deleted;
}

/**
 * Erases what is due: pictures and ended jobs whose time is over, pictures whose file did not come within an hour,
 * files that nobody awaits. At most so many pictures and so many jobs; tells how many there were of everything.
 */
export async function eraseDue(deps: EraseDeps, limit: number): Promise<number> {
  const { db, nowMs } = deps;
  const assets = await inBatches(
    limit,
    (some) => dueAssets(db, { nowMs: nowMs(), limit: some }),
    (due) => eraseAssets(deps, due),
  );
  const jobs = await inBatches(
    limit,
    (some) => dueJobs(db, { nowMs: nowMs(), limit: some }),
    (due) => eraseJobs(deps, due),
  );
  return assets + jobs + (await deleteStrayUploads(deps));
}
