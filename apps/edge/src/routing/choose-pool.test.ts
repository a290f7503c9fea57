import { modelFamilies } from '@darkroom/shared/pricing';
import { expect, test } from 'vitest';
import { choosePool } from './choose-pool.ts';
import type { PoolEntry } from './pools.ts';

const pool = (id: string, hardware: PoolEntry['hardware']): PoolEntry => ({
  id,
  hardware,
  families: ['embedded', 'stable-diffusion'],
});

test.each(modelFamilies)('today the default pool serves %s models', (family) => {
  expect(choosePool(family)).toBe('default');
});

test('the embedded model leaves graphics cards to public ones', () => {
  const table = [pool('cards', 'gpu'), pool('mixed', 'mixed'), pool('processors', 'cpu')];
  expect(choosePool('embedded', table)).toBe('processors');
  expect(choosePool('stable-diffusion', table.toReversed())).toBe('cards');
});

test('of equal pools the first is taken', () => {
  expect(choosePool('embedded', [pool('a', 'mixed'), pool('b', 'mixed')])).toBe('a');
});

test('a family that no pool serves is unavailable', () => {
  expect(() => choosePool('instruct-pix2pix', [pool('a', 'gpu')])).toThrow(
    expect.objectContaining({ code: 'unavailable' }),
  );
});
