import fc from 'fast-check';
import { expect, it } from 'vitest';
import { reconnectDelayMs } from './backoff.ts';

it('doubles its waits up to five seconds', () => {
  const longest = [0, 1, 2, 3, 4, 5, 500].map((failures) => reconnectDelayMs(failures, 1));
  expect(longest).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
});

it('spreads by chance over the upper half of each wait', () => {
  const failures = fc.nat(1000);
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(failures, random, (count, chance) => {
      const longest = reconnectDelayMs(count, 1);
      const wait = reconnectDelayMs(count, chance);
      return wait >= longest / 2 && wait <= longest;
    }),
  );
  expect(reconnectDelayMs(3, 0)).toBe(800);
});
