import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AssetId, idTimeMs, JobId, makeId } from './ids.ts';

const times = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const randoms = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe('makeId', () => {
  test('gives the prefix and 26 characters', () => {
    const zeros = new Uint8Array(10);
    expect(makeId('job', 0, zeros)).toBe(`job_${'0'.repeat(26)}`);
    expect(makeId('asset', 2 ** 48 - 1, zeros.fill(255))).toBe(`asset_7${'z'.repeat(25)}`);
  });

  test('gives ids that their contracts accept and that tell their time', () => {
    fc.assert(
      fc.property(times, randoms, (time, random) => {
        const id = makeId('job', time, random);
        expect(JobId.parse(id)).toBe(id);
        expect(idTimeMs(id)).toBe(time);
        expect(AssetId.safeParse(id).success).toBe(false);
      }),
    );
  });

  test('gives ids that sort by time', () => {
    fc.assert(
      fc.property(times, times, randoms, randoms, (a, b, randomA, randomB) => {
        fc.pre(a < b);
        expect(makeId('job', a, randomA) < makeId('job', b, randomB)).toBe(true);
      }),
    );
  });

  test('keeps different random bytes apart', () => {
    fc.assert(
      fc.property(randoms, randoms, (a, b) => {
        fc.pre(a.join() !== b.join());
        expect(makeId('job', 1, a)).not.toBe(makeId('job', 1, b));
      }),
    );
  });

  test('refuses a time or bytes out of range', () => {
    expect(() => makeId('job', 1.5, new Uint8Array(10))).toThrow(/^nowMs: expected/);
    expect(() => makeId('job', 1, new Uint8Array(9))).toThrow('random: expected 10 bytes, got 9');
  });
});
