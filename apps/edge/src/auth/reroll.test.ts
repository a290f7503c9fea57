import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordOf, startMs, testKey } from './key-fixtures.ts';
import { keyStatus } from './key-record.ts';
import { rerollKey } from './reroll.ts';

const day = 86_400;
const changes = {
  scopes: ['edits:write', 'jobs:read'],
  models: ['darkroom-edit'],
  limits: { requestsPerMinute: 7, concurrency: 2, spendCapMicros: 5 },
  createdAtMs: startMs - 1000,
} as const;
const original = await recordOf(testKey(1), changes);
const { id, hash } = await recordOf(testKey(2));
const fresh = { id, hash };

describe('rerollKey', () => {
  test('gives the successor everything but id, hash and time', () => {
    const { successor } = rerollKey(original, { nowMs: startMs, overlapSeconds: day, fresh });
    expect(successor).toEqual({ ...original, id, hash, createdAtMs: startMs });
  });

  test('counts on one identity through every replacement', () => {
    const { successor } = rerollKey(original, { nowMs: startMs, overlapSeconds: 0, fresh });
    const next = rerollKey(successor, {
      nowMs: startMs + 1,
      overlapSeconds: 0,
      fresh: { ...fresh, id: testKey(3).id },
    });
    expect(next.successor.identityId).toBe(original.id);
  });

  test('lets both work within the overlap and only the successor after it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7 * day }), (overlapSeconds) => {
        const { replaced, successor } = rerollKey(original, { nowMs: startMs, overlapSeconds, fresh });
        const endMs = startMs + overlapSeconds * 1000;
        if (overlapSeconds > 0) expect(keyStatus(replaced, endMs - 1)).toBe('active');
        expect(keyStatus(replaced, endMs)).not.toBe('active');
        expect(keyStatus(successor, endMs)).toBe('active');
      }),
    );
  });

  test('revokes at once without overlap', () => {
    const { replaced } = rerollKey(original, { nowMs: startMs, overlapSeconds: 0, fresh });
    expect(keyStatus(replaced, startMs)).toBe('revoked');
    expect(replaced.replacedById).toBe(id);
  });

  test('makes neither key live longer than the original would have', () => {
    const ending = { ...original, expiresAtMs: startMs + 5000 };
    const { replaced, successor } = rerollKey(ending, { nowMs: startMs, overlapSeconds: day, fresh });
    expect(replaced.expiresAtMs).toBe(startMs + 5000);
    expect(successor.expiresAtMs).toBe(startMs + 5000);
  });

  test.each([
    ['expired', { expiresAtMs: startMs }],
    ['revoked', { revokedAtMs: startMs }],
    ['disabled', { disabledAtMs: startMs }],
    ['replaced', { replacedById: 'aaaaaaaaaaaa' }],
  ])('refuses a key that is %s', (word, change) => {
    const reroll = () => rerollKey({ ...original, ...change }, { nowMs: startMs, overlapSeconds: 0, fresh });
    expect(reroll).toThrow(
      expect.objectContaining({ code: 'conflict', message: expect.stringContaining(word) }),
    );
  });

  test.each([-1, 0.5, 7 * day + 1, Number.NaN])('refuses an overlap of %s seconds', (overlapSeconds) => {
    expect(() => rerollKey(original, { nowMs: startMs, overlapSeconds, fresh })).toThrow(TypeError);
  });
});
