import { type ModelFamily, modelFamilies } from '@darkroom/shared/pricing';

/** A group of workers that share a queue. */
export interface PoolEntry {
  readonly id: string;
  /** What its workers compute on; mixed = either. */
  readonly hardware: 'cpu' | 'gpu' | 'mixed';
  /** Whose models its workers hold. */
  readonly families: readonly ModelFamily[];
}

/** The pools that there are. */
export const pools: readonly PoolEntry[] = [{ id: 'default', hardware: 'mixed', families: modelFamilies }];
