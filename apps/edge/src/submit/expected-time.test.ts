import { expect, test } from 'vitest';
import { expectedMs } from './expected-time.ts';

const work = {
  kind: 'edit',
  family: 'embedded',
  steps: 12,
  pictures: 1,
  width: 4000,
  height: 3000,
} as const;

test('an edit of 12 megapixels is expected to take as long as it was measured to, within a quarter', () => {
  expect(Math.abs(expectedMs(work) - 5800)).toBeLessThan(5800 / 4);
});

test('more steps, more pictures, more pixels and larger models are expected to take longer', () => {
  const changes = [
    { steps: 13 },
    { pictures: 2 },
    { width: 4001 },
    { family: 'stable-diffusion' },
    { family: 'instruct-pix2pix' },
  ] as const;
  for (const change of changes) expect(expectedMs({ ...work, ...change })).toBeGreaterThan(expectedMs(work));
});
