import { expect, test } from 'vitest';
import { readRealMasks } from './annotations.ts';
import { regionCases } from './region-cases.ts';

test('every recolouring means a thing that was outlined, on at least ten photos', async () => {
  const outlined = (await readRealMasks()).map(({ photo, object }) => `${photo} ${object}`);
  for (const { photo, object } of regionCases) expect(outlined).toContain(`${photo} ${object}`);
  expect(new Set(regionCases.map(({ photo }) => photo)).size).toBeGreaterThanOrEqual(10);
});
