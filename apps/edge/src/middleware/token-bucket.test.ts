import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bucket, type RatePolicy, takeToken } from './token-bucket.ts';

const policies = fc.record({
  name: fc.constant('default'),
  quota: fc.integer({ min: 1, max: 1000 }),
  windowSeconds: fc.integer({ min: 1, max: 3600 }),
});
const minute = (quota: number): RatePolicy => ({ name: 'default', quota, windowSeconds: 60 });

/** Takes once at each time and gives the verdicts. */
function takeAt(policy: RatePolicy, timesMs: readonly number[]) {
  let bucket: Bucket | undefined;
  return timesMs.map((nowMs) => {
    const taken = takeToken(bucket, policy, nowMs);
    bucket = taken.bucket;
    return taken.verdict;
  });
}

describe('takeToken', () => {
  test('counts down from a full bucket and says when it is full again', () => {
    expect(takeAt(minute(3), [0, 0, 0, 0])).toEqual([
      { isAllowed: true, remaining: 2, resetSeconds: 20, retryAfterSeconds: 0 },
      { isAllowed: true, remaining: 1, resetSeconds: 40, retryAfterSeconds: 0 },
      { isAllowed: true, remaining: 0, resetSeconds: 60, retryAfterSeconds: 0 },
      { isAllowed: false, remaining: 0, resetSeconds: 60, retryAfterSeconds: 20 },
    ]);
  });

  test('allows exactly its quota at once, whatever the numbers', () => {
    fc.assert(
      fc.property(policies, fc.nat({ max: 2 ** 40 }), (policy, nowMs) => {
        const verdicts = takeAt(policy, Array(policy.quota + 1).fill(nowMs));
        expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(policy.quota);
        expect(verdicts.at(-1)?.isAllowed).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  test('never allows more than its quota and what filled up since', () => {
    const steps = fc.array(fc.nat({ max: 5000 }), { maxLength: 200 });
    fc.assert(
      fc.property(policies, steps, (policy, waitsMs) => {
        let nowMs = 0;
        const timesMs = waitsMs.map((waitMs) => (nowMs += waitMs));
        const allowed = takeAt(policy, timesMs).filter(({ isAllowed }) => isAllowed).length;
        const filled =
          (((timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0)) * policy.quota) / policy.windowSeconds / 1000;
        expect(allowed).toBeLessThanOrEqual(policy.quota + filled);
      }),
    );
  });

  test('allows a refused request again after the seconds that it says, and takes nothing for the refusal', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 20 }), (policy, refusals) => {
        const empty = Array(policy.quota + refusals).fill(0);
        const wait = takeAt(policy, empty).at(-1)?.retryAfterSeconds ?? 0;
        expect(wait).toBeGreaterThan(0);
        expect(takeAt(policy, [...empty, wait * 1000]).at(-1)?.isAllowed).toBe(true);
        expect(takeAt(policy, [...empty, wait * 1000 - 1000]).at(-1)?.isAllowed).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  test('fills nothing while the clock is set back', () => {
    const [, second, third] = takeAt(minute(1), [60_000, 0, 119_999]);
    expect([second?.isAllowed, third?.isAllowed]).toEqual([false, false]);
  });

  test('refuses nobody for long when a quota was lowered', () => {
    const { bucket } = takeToken({ missing: 600 * 60_000, atMs: 0 }, minute(600), 0);
    expect(takeToken(bucket, minute(2), 0).verdict).toMatchObject({
      isAllowed: false,
      retryAfterSeconds: 30,
    });
  });
});
