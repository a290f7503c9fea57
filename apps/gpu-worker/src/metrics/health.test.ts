import { expect, it } from 'vitest';
import { healthOf, healthStatus, type Vitals } from './health.ts';

const well: Vitals = {
  isConnected: true,
  wasConnected: true,
  isDraining: false,
  deadlinesAtMs: [],
  slots: 2,
};

it.each<[Partial<Vitals>, string, number]>([
  [{}, 'ready', 200],
  [{ deadlinesAtMs: [1_000_000] }, 'ready', 200],
  [{ deadlinesAtMs: [1_000_000, 1_000_000] }, 'busy', 200],
  [{ isDraining: true }, 'draining', 200],
  [{ isConnected: false, wasConnected: false }, 'starting', 200],
  [{ isConnected: false }, 'disconnected', 200],
  [{ deadlinesAtMs: [940_000] }, 'ready', 200],
  [{ deadlinesAtMs: [939_999], isDraining: true }, 'stuck', 503],
])('%j is %s, which answers %i', (changes, word, status) => {
  const health = healthOf({ ...well, ...changes }, 1_000_000);
  expect([health, healthStatus(health)]).toEqual([word, status]);
});
