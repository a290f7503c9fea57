import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxAttempts, nextAttemptAtMs } from './schedule.ts';

const hourMs = 3_600_000;
const waitsMs = Array.from({ length: maxAttempts }, (_, index) => nextAttemptAtMs(index + 1, 0, 0));

describe('nextAttemptAtMs', () => {
  test('waits longer and longer', () => {
    expect(waitsMs).toEqual([
      5_000,
      300_000,
      1_800_000,
      2 * hourMs,
      5 * hourMs,
      10 * hourMs,
      14 * hourMs,
      20 * hourMs,
      24 * hourMs,
      null,
    ]);
  });

  test('spans 75 hours with ten attempts', () => {
    const totalMs = waitsMs.reduce<number>((sum, waitMs) => sum + (waitMs ?? 0), 0);
    expect(Math.floor(totalMs / hourMs)).toBe(75);
    expect(maxAttempts).toBe(10);
  });

  test('gives up after the last, and does not come back', () => {
    for (const attempts of [10, 11, 1000]) expect(nextAttemptAtMs(attempts, 5, 0.5)).toBeNull();
  });

  test('lets chance add a tenth at most, and never take anything away', () => {
    const attempts = fc.integer({ min: 1, max: maxAttempts - 1 });
    fc.assert(
      fc.property(attempts, fc.double({ min: 0, max: 1, noNaN: true }), (count, chance) => {
        const waitMs = nextAttemptAtMs(count, 0, 0)!;
        const atMs = nextAttemptAtMs(count, 1000, chance)!;
        expect(atMs).toBeGreaterThanOrEqual(1000 + waitMs);
        expect(atMs).toBeLessThanOrEqual(1000 + Math.round(waitMs * 1.1));
      }),
    );
  });
});
