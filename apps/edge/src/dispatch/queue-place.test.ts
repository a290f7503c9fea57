import { describe, expect, test } from 'vitest';
import { queuePlaces } from './queue-place.ts';
import { jobIdOf, leaseOn, offersIn, TestPool } from './test-pool.ts';

describe('the place of a job', () => {
  test('is unknown in time while there is no worker', () => {
    const pool = new TestPool();
    pool.enqueue(0);
    pool.enqueue(1);
    expect(queuePlaces(pool.pool, pool.nowMs).get(jobIdOf(1))).toEqual({ position: 1, etaMs: null });
  });

  test('counts the jobs that start before it, and their time shared by all slots', () => {
    const pool = new TestPool();
    pool.join('a', { freeSlots: 2 });
    const [first] = offersIn(pool.enqueue(0, { costMs: 10_000 }));
    pool.enqueue(1, { costMs: 6_000 });
    pool.enqueue(2, { costMs: 4_000 });
    pool.enqueue(3, { costMs: 5_000 });
    pool.enqueue(4, { projectId: 'beta', costMs: 3_000 });
    const beat = { ...leaseOn(first!.job), step: 1, steps: 12, etaMs: 8_000 };
    pool.frame('a', { type: 'beat', leases: [beat] });
    const places = queuePlaces(pool.pool, pool.nowMs);
    expect(places.get(jobIdOf(0))).toEqual({ position: 0, etaMs: 8_000 });
    expect(places.get(jobIdOf(4))).toEqual({ position: 0, etaMs: 7_000 + 3_000 });
    expect(places.get(jobIdOf(2))).toEqual({ position: 1, etaMs: 8_500 + 4_000 });
    expect(places.get(jobIdOf(3))).toEqual({ position: 2, etaMs: 10_500 + 5_000 });
  });

  test('is that of the real order of starts', () => {
    const pool = new TestPool();
    for (let i = 0; i < 12; i++) {
      const projectId = ['alpha', 'beta', 'gamma'][(i * 5) % 3]!;
      const priority = i % 4 === 0 ? 'batch' : 'interactive';
      pool.pass(1);
      pool.enqueue(i, { projectId, priority, costMs: 1_000 + ((i * 7_919) % 5_000) });
    }
    const places = [...queuePlaces(pool.pool, pool.nowMs)];
    const promised = places.toSorted(([, a], [, b]) => a.position - b.position).map(([id]) => id);
    const started = offersIn(pool.join('a', { freeSlots: 12 })).map(({ job }) => job.id);
    expect(started).toEqual(promised);
  });
});
