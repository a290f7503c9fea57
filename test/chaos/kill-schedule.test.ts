import fc from 'fast-check';
import { expect, it } from 'vitest';
import { killSchedule } from './kill-schedule.ts';

const minute = { durationMs: 60_000, workers: 4 };

it('is the same for the same seed and another for another', () => {
  expect(killSchedule({ ...minute, seed: 7 })).toEqual(killSchedule({ ...minute, seed: 7 }));
  expect(killSchedule({ ...minute, seed: 8 })).not.toEqual(killSchedule({ ...minute, seed: 7 }));
});

it('kills something every 0.5 to 2 s until the time is over, and lets the edge come back', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.integer({ min: 2, max: 16 }), (seed, workers) => {
      const kills = killSchedule({ seed, workers, durationMs: 30_000 });
      const times = [0, ...kills.map(({ atMs }) => atMs), 30_000];
      const gaps = times.slice(1).map((atMs, i) => atMs - (times[i] ?? 0));
      expect(gaps.slice(0, -1).every((gapMs) => gapMs >= 500 && gapMs <= 2_000)).toBe(true);
      expect(gaps.at(-1)).toBeLessThanOrEqual(2_000);
      expect(kills.every(({ worker }) => worker >= 0 && worker < workers)).toBe(true);
      const edge = kills.filter(({ target }) => target === 'edge').map(({ atMs }) => atMs);
      expect(edge.every((atMs, i) => i === 0 || atMs - (edge[i - 1] ?? 0) >= 10_000)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it('hits all three kinds and every worker within a minute', () => {
  const kills = killSchedule({ ...minute, seed: 1 });
  expect(new Set(kills.map(({ target }) => target)).size).toBe(3);
  const hit = kills.filter(({ target }) => target === 'worker').map(({ worker }) => worker);
  expect(new Set(hit).size).toBe(4);
});
