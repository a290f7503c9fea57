import { type ModelFamily, modelFamilies } from '@darkroom/shared/pricing';

/** A group of workers that do the same work. */
export interface PoolEntry {
  readonly id: string;
  /** What its workers compute on; mixed = either. */
  readonly hardware: 'cpu' | 'gpu' | 'mixed';
  /** Whose models its workers hold. */
  readonly families: readonly ModelFamily[];
  /** Queues that it is split into once one object cannot serve them all; each project stays in one of them. */
  readonly shards: number;
}

/** The pools that there are. */
export const pools: readonly PoolEntry[] = [
  { id: 'default', hardware: 'mixed', families: modelFamilies, shards: 1 },
];

/** The name of a pool's queue, under which workers dial it; the first has the name of the pool. */
export function shardName({ id }: Pick<PoolEntry, 'id'>, shard: number): string {
  return shard === 0 ? id : `${id}.${shard}`;
}

/** The names of all queues. */
export function shardNames(table: readonly PoolEntry[] = pools): string[] {
  return table.flatMap((pool) => Array.from({ length: pool.shards }, (_, shard) => shardName(pool, shard)));
}
