import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordOf, testKey } from '../auth/key-fixtures.ts';
import { keyPrincipal } from '../auth/principal.ts';
import {
  type ConcurrencyGate,
  enterSlot,
  leaveSlot,
  requireSlot,
  type Slots,
  slotSubject,
} from './concurrency.ts';

const ttlMs = 1000;

describe('slots', () => {
  test('are never held by more than the limit, whatever comes and goes', () => {
    const holders = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const moves = fc.array(fc.tuple(fc.boolean(), holders, fc.nat(500)));
    fc.assert(
      fc.property(moves, fc.integer({ min: 1, max: 4 }), (list, limit) => {
        let slots: Slots = new Map();
        let nowMs = 0;
        for (const [isEnter, holder, waitMs] of list) {
          nowMs += waitMs;
          slots = isEnter
            ? enterSlot(slots, { holder, limit, ttlMs }, nowMs).slots
            : leaveSlot(slots, holder);
          expect(slots.size).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  test('are refused when all are held, and free again when one is given back or lapses', () => {
    const { slots } = enterSlot(new Map(), { holder: 'a', limit: 1, ttlMs }, 0);
    const b = { holder: 'b', limit: 1, ttlMs };
    expect(enterSlot(slots, b, ttlMs - 1).isEntered).toBe(false);
    expect(enterSlot(slots, b, ttlMs).isEntered).toBe(true);
    expect(enterSlot(leaveSlot(slots, 'a'), b, 0).isEntered).toBe(true);
  });

  test('are held once by one job, however often it asks', () => {
    const a = { holder: 'a', limit: 2, ttlMs };
    const twice = enterSlot(enterSlot(new Map(), a, 0).slots, a, 500);
    expect(twice).toEqual({ slots: new Map([['a', 1500]]), isEntered: true });
    const full = enterSlot(twice.slots, { ...a, limit: 1 }, 600);
    expect(full.isEntered).toBe(true);
  });
});

describe('requireSlot', async () => {
  const principal = keyPrincipal(await recordOf(testKey(1)));
  const gateThat = (enter: ConcurrencyGate['enter']): ConcurrencyGate => ({ enter, leave: async () => {} });
  const job = { holder: 'job_1', ttlMs };

  test('asks for the slots of the whole line of a key, with its limit', async () => {
    const asked: unknown[] = [];
    const gate = gateThat(async (...question) => asked.push(question) > 0);
    await requireSlot(gate, { ...principal, keyId: testKey(2).id }, job);
    expect(asked).toEqual([[slotSubject(principal), { holder: 'job_1', limit: 20, ttlMs }]]);
  });

  test('refuses a job too many, to be tried again', async () => {
    const full = gateThat(async () => false);
    await expect(requireSlot(full, principal, job)).rejects.toMatchObject({
      code: 'rate_limited',
      retryable: true,
      details: { policy: 'concurrency', limit: 20 },
    });
  });

  test('refuses when slots cannot be counted', async () => {
    const down = gateThat(async () => {
      throw new Error('down');
    });
    await expect(requireSlot(down, principal, job)).rejects.toMatchObject({ code: 'dependency_unavailable' });
  });
});
