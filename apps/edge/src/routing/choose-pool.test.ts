import { modelFamilies } from '@darkroom/shared/pricing';
import { expect, test } from 'vitest';
import { choosePool } from './choose-pool.ts';
import { type PoolEntry, shardNames } from './pools.ts';

const pool = (id: string, hardware: PoolEntry['hardware'], shards = 1): PoolEntry => ({
  id,
  hardware,
  families: ['embedded', 'stable-diffusion'],
  shards,
});

test.each(modelFamilies)('today the default pool serves %s models', (family) => {
  expect(choosePool(family, 'project')).toBe('default');
});

test('the embedded model leaves graphics cards to public ones', () => {
  const table = [pool('cards', 'gpu'), pool('mixed', 'mixed'), pool('processors', 'cpu')];
  expect(choosePool('embedded', 'project', table)).toBe('processors');
  expect(choosePool('stable-diffusion', 'project', table.toReversed())).toBe('cards');
});

test('of equal pools the first is taken', () => {
  expect(choosePool('embedded', 'project', [pool('a', 'mixed'), pool('b', 'mixed')])).toBe('a');
});

test('a family that no pool serves is unavailable', () => {
  expect(() => choosePool('instruct-pix2pix', 'project', [pool('a', 'gpu')])).toThrow(
    expect.objectContaining({ code: 'unavailable' }),
  );
});

test('a project stays in one queue of a pool, and projects fill all of them alike', () => {
  const table = [pool('cards', 'gpu', 4)];
  const projects = Array.from({ length: 2000 }, (_, index) => `project_${index}`);
  const chosen = projects.map((id) => choosePool('stable-diffusion', id, table));
  expect(projects.map((id) => choosePool('stable-diffusion', id, table))).toEqual(chosen);
  expect([...new Set(chosen)].toSorted()).toEqual(shardNames(table));
  for (const name of shardNames(table)) {
    const share = chosen.filter((each) => each === name).length / projects.length;
    expect(Math.abs(share - 1 / 4)).toBeLessThan(0.05);
  }
});
