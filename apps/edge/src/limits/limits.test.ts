import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test, vi } from 'vitest';
import type { Bindings } from '../env.ts';
import { durableConcurrencyGate } from './durable-concurrency-gate.ts';
import { durableRateCounter } from './durable-rate-counter.ts';

const { LIMITS } = env as unknown as Bindings;
const policy = { name: 'default', quota: 3, windowSeconds: 60 };
const counter = durableRateCounter(LIMITS);
const gate = durableConcurrencyGate(LIMITS);

/** What is stored of a subject, and when something will be done about it. */
function stored(subject: string): Promise<{ rows: ReadonlyMap<string, unknown>; alarmAtMs: number | null }> {
  return runInDurableObject(LIMITS.getByName(subject), async (_object, { storage }) => ({
    rows: await storage.list(),
    alarmAtMs: await storage.getAlarm(),
  }));
}

describe('a bucket', () => {
  test('lets as many of many requests at once pass as it holds, and tells each how many are left', async () => {
    const verdicts = await Promise.all(Array.from({ length: 8 }, () => counter.take('key:a', policy)));
    const allowed = verdicts.filter(({ isAllowed }) => isAllowed);
    expect(allowed.map(({ remaining }) => remaining).toSorted()).toEqual([0, 1, 2]);
    for (const { isAllowed, remaining, retryAfterSeconds } of verdicts) {
      if (isAllowed) continue;
      expect(remaining).toBe(0);
      expect(retryAfterSeconds).toBe(20);
    }
    expect((await counter.take('key:b', policy)).isAllowed).toBe(true);
  });

  test('is forgotten once it is full again, and not before', async () => {
    const quick = { ...policy, windowSeconds: 1 };
    await counter.take('key:slow', policy);
    await runDurableObjectAlarm(LIMITS.getByName('key:slow'));
    expect((await stored('key:slow')).rows.size).toBe(1);
    for (let taken = 0; taken < 20; taken++) await counter.take('key:quick', quick);
    expect((await stored('key:quick')).rows.size).toBe(1);
    await vi.waitFor(async () => expect((await stored('key:quick')).rows.size).toBe(0), 30_000);
    expect((await stored('key:quick')).alarmAtMs).toBeNull();
  });
});

describe('slots', () => {
  test('of many jobs at once as many get one as there are, and one given back is free', async () => {
    const enter = (holder: string) => gate.enter('key:c', { holder, limit: 2, ttlMs: 60_000 });
    const entered = await Promise.all(['1', '2', '3', '4'].map(enter));
    expect(entered).toEqual([true, true, false, false]);
    await gate.leave('key:c', '1');
    expect(await enter('4')).toBe(true);
  });

  test('that nobody gives back are free again after their time, and forgotten', async () => {
    const enter = (holder: string, ttlMs: number) => gate.enter('key:d', { holder, limit: 1, ttlMs });
    await enter('lost', 300);
    expect(await enter('next', 300)).toBe(false);
    await vi.waitFor(async () => expect(await enter('next', 300)).toBe(true), 30_000);
    await vi.waitFor(async () => expect((await stored('key:d')).rows.size).toBe(0), 30_000);
  });

  test('of one that is held on are kept by an alarm that comes early', async () => {
    const enter = (holder: string, ttlMs: number) => gate.enter('key:e', { holder, limit: 2, ttlMs });
    await enter('short', 50);
    await enter('long', 60_000);
    await runDurableObjectAlarm(LIMITS.getByName('key:e'));
    const { rows, alarmAtMs } = await stored('key:e');
    expect(rows.has('slot/long')).toBe(true);
    expect(alarmAtMs).toBeGreaterThan(Date.now() + 30_000);
  });

  test('take no more room for a thousand jobs that came and went than for one', async () => {
    await runInDurableObject(LIMITS.getByName('key:f'), async (object, { storage }) => {
      for (let job = 0; job < 1000; job++) {
        await object.enter({ holder: `job_${job}`, limit: 4, ttlMs: 60_000 });
        // Every other one is lost, as when a pool dies; those are refused once all slots are taken.
        if (job % 2) await object.leave(`job_${job}`);
      }
      expect((await storage.list()).size).toBe(4);
    });
  });

  test('are held over a restart, and the requests of the bucket are', async () => {
    const enter = (holder: string) => gate.enter('key:h', { holder, limit: 2, ttlMs: 60_000 });
    await counter.take('key:h', policy);
    for (const holder of ['1', '2']) await enter(holder);
    await gate.leave('key:h', '1');
    await evictDurableObject(LIMITS.getByName('key:h'));
    expect([await enter('2'), await enter('3'), await enter('4')]).toEqual([true, true, false]);
    expect((await counter.take('key:h', policy)).remaining).toBe(1);
  });

  test('that are given back late leave nothing that nobody would ever delete', async () => {
    await gate.leave('key:g', 'job_1');
    expect(await stored('key:g')).toEqual({ rows: new Map(), alarmAtMs: null });
  });
});
