import { AppError } from '@darkroom/shared/errors';
import type { ModelFamily } from '@darkroom/shared/pricing';
import { crc32 } from '../crc32.ts';
import { type PoolEntry, pools, shardName } from './pools.ts';

type Hardware = PoolEntry['hardware'];

/** The embedded model is small enough for processors; a public one on a processor takes minutes. */
const preferences: Readonly<Record<ModelFamily, readonly Hardware[]>> = {
  embedded: ['cpu', 'mixed', 'gpu'],
  'instruct-pix2pix': ['gpu', 'mixed', 'cpu'],
  'stable-diffusion': ['gpu', 'mixed', 'cpu'],
  vision: ['gpu', 'mixed', 'cpu'],
};

/**
 * The queue of a project in the pool whose hardware suits a model family best; of equal pools the first in the table.
 * A project is always in the same of a pool's queues, so that its turns are counted in one place.
 *
 * @throws AppError `unavailable` when no pool serves the family
 */
export function choosePool(
  family: ModelFamily,
  projectId: string,
  table: readonly PoolEntry[] = pools,
): string {
  const serving = table.filter(({ families }) => families.includes(family));
  const best = preferences[family]
    .map((hardware) => serving.find((pool) => pool.hardware === hardware))
    .find((pool) => pool !== undefined);
  if (best) return shardName(best, crc32(projectId) % best.shards);
  throw new AppError('unavailable', { message: `expected a pool for ${family} models, there is none` });
}
