import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { Bindings } from '../env.ts';
import { durableConcurrencyGate } from './durable-concurrency-gate.ts';
import { durableRateCounter } from './durable-rate-counter.ts';

const { LIMITS } = env as unknown as Bindings;
const policy = { name: 'default', quota: 3, windowSeconds: 60 };

test('of many requests at once as many pass as the bucket holds', async () => {
  const counter = durableRateCounter(LIMITS);
  const verdicts = await Promise.all(Array.from({ length: 8 }, () => counter.take('key:a', policy)));
  expect(verdicts.filter(({ isAllowed }) => isAllowed)).toHaveLength(3);
  expect((await counter.take('key:b', policy)).isAllowed).toBe(true);
});

test('of many jobs at once as many get a slot as there are, and one given back is free', async () => {
  const gate = durableConcurrencyGate(LIMITS);
  const enter = (holder: string) => gate.enter('key:c', { holder, limit: 2, ttlMs: 60_000 });
  const entered = await Promise.all(['1', '2', '3', '4'].map(enter));
  expect(entered).toEqual([true, true, false, false]);
  await gate.leave('key:c', '1');
  expect(await enter('4')).toBe(true);
});
