import { describe, expect, test } from 'vitest';
import {
  beatOf,
  bootIdOf,
  doneOf,
  failOf,
  helloOf,
  jobIdOf,
  leaseOn,
  offersIn,
  only,
  outcomesIn,
  runningPool,
  TestPool,
} from './test-pool.ts';

describe('a failed job', () => {
  test('is tried again after 0.5 s and 2 s, then has failed', () => {
    const { pool, lease } = runningPool();
    let current = lease;
    for (const backoffMs of [500, 2_000]) {
      pool.frame('a', failOf(current));
      pool.frame('a', { type: 'ready', freeSlots: 1, resident: [] });
      expect(offersIn(pool.pass(backoffMs - 1))).toEqual([]);
      current = leaseOn(offersIn(pool.pass(1))[0]!.job);
    }
    expect(current.fence).toBe(3);
    expect(outcomesIn(pool.frame('a', failOf(current)))).toEqual([
      { state: 'failed', fence: 3, stepsDone: 3, code: 'internal', detail: 'it broke' },
    ]);
  });

  test('goes to another worker, and waits for one that is busy', () => {
    const { pool, lease } = runningPool();
    pool.join('b', { freeSlots: 0 });
    pool.frame('a', failOf(lease));
    pool.frame('a', { type: 'ready', freeSlots: 1, resident: [] });
    expect(offersIn(pool.pass(10_000))).toEqual([]);
    expect(offersIn(pool.frame('b', { type: 'ready', freeSlots: 1, resident: [] }))).toMatchObject([
      { workerId: 'b', job: { attempts: 2, tried: ['a'] } },
    ]);
  });

  test('waits for another worker no longer than 20 s', () => {
    const { pool, lease } = runningPool();
    pool.join('b', { freeSlots: 0 });
    pool.frame('a', failOf(lease));
    pool.frame('a', { type: 'ready', freeSlots: 1, resident: [] });
    expect(offersIn(pool.pass(20_499))).toEqual([]);
    expect(offersIn(pool.pass(1))).toMatchObject([{ workerId: 'a' }]);
  });

  test('is not tried again when the failure is permanent', () => {
    const { pool, lease } = runningPool();
    const effects = pool.frame('a', failOf(lease, { class: 'permanent', code: 'image_corrupt' }));
    expect(outcomesIn(effects)).toMatchObject([{ state: 'failed', code: 'image_corrupt' }]);
  });

  test('is tried once more, smaller, after running out of memory', () => {
    const { pool, lease } = runningPool();
    const outOfMemory = { class: 'oom', code: 'out_of_memory' } as const;
    pool.frame('a', failOf(lease, outOfMemory));
    pool.frame('a', { type: 'ready', freeSlots: 1, resident: [] });
    const [again] = offersIn(pool.pass(500));
    expect(again?.job).toMatchObject({ isSmaller: true, attempts: 2 });
    const effects = pool.frame('a', failOf(leaseOn(again!.job), outOfMemory));
    expect(outcomesIn(effects)).toMatchObject([{ state: 'failed', code: 'out_of_memory' }]);
  });

  test('that took two workers down is not offered to a third', () => {
    const { pool } = runningPool();
    pool.frame('a', helloOf('a', { bootId: bootIdOf(2) }));
    pool.pass(500);
    expect(offersIn(pool.join('b'))).toHaveLength(1);
    const effects = pool.frame('b', helloOf('b', { bootId: bootIdOf(2) }));
    expect(outcomesIn(effects)).toMatchObject([{ state: 'failed', code: 'poison' }]);
    expect(offersIn([...pool.join('c'), ...pool.pass(60_000)])).toEqual([]);
  });

  test('that a worker calls poison is not offered to another', () => {
    const { pool, lease } = runningPool();
    const effects = pool.frame('a', failOf(lease, { class: 'poison' }));
    expect(outcomesIn(effects)).toMatchObject([{ state: 'failed' }]);
    expect(offersIn([...pool.join('b'), ...pool.pass(60_000)])).toEqual([]);
  });

  test('goes on from its last checkpoint', () => {
    const { pool, lease } = runningPool();
    pool.frame('a', { type: 'checkpoint', ...lease, key: 'train/0/50', step: 50 });
    pool.frame('a', failOf(lease));
    pool.pass(500);
    const [again] = offersIn(pool.join('b'));
    expect(again?.job.checkpoint).toEqual({ key: 'train/0/50', step: 50 });
  });
});

describe('a cancel', () => {
  test('of a queued job ends it at once, with nothing done', () => {
    const pool = new TestPool();
    pool.enqueue(0);
    expect(outcomesIn(pool.take({ type: 'cancel', jobId: jobIdOf(0) }))).toEqual([
      { state: 'canceled', fence: 0, stepsDone: 0 },
    ]);
    expect(offersIn(pool.join('a'))).toEqual([]);
  });

  test('of a running job is passed on once, and ends it with the steps that were done', () => {
    const { pool, lease } = runningPool();
    expect(pool.take({ type: 'cancel', jobId: lease.jobId })).toEqual([
      { type: 'send', workerId: 'a', frame: { type: 'cancel', ...lease } },
    ]);
    expect(pool.take({ type: 'cancel', jobId: lease.jobId })).toEqual([]);
    const effects = pool.frame('a', { type: 'canceled', ...lease, stepsDone: 5 });
    expect(outcomesIn(effects)).toEqual([{ state: 'canceled', fence: 1, stepsDone: 5 }]);
  });

  test('without an answer in 5 s revokes the lease, with the steps of the last beat', () => {
    const { pool, lease } = runningPool();
    pool.frame('a', beatOf([lease], 4));
    pool.take({ type: 'cancel', jobId: lease.jobId });
    pool.pass(2_000);
    pool.frame('a', beatOf([lease], 5));
    expect(pool.pass(2_999)).toEqual([]);
    const effects = pool.pass(1);
    expect(effects).toContainEqual({ type: 'send', workerId: 'a', frame: { type: 'revoke', ...lease } });
    expect(outcomesIn(effects)).toEqual([{ state: 'canceled', fence: 1, stepsDone: 5 }]);
  });

  test('that meets the result loses', () => {
    const { pool, lease } = runningPool();
    pool.take({ type: 'cancel', jobId: lease.jobId });
    expect(outcomesIn(pool.frame('a', doneOf(lease)))).toMatchObject([{ state: 'succeeded' }]);
    expect(pool.take({ type: 'cancel', jobId: lease.jobId })).toEqual([]);
  });

  test('that comes before the result wins', () => {
    const { pool, lease } = runningPool();
    pool.take({ type: 'cancel', jobId: lease.jobId });
    pool.frame('a', { type: 'canceled', ...lease, stepsDone: 5 });
    const effects = pool.frame('a', doneOf(lease));
    expect(outcomesIn(effects)).toEqual([]);
    expect(only(effects, 'discard')).toHaveLength(1);
  });

  test('is said again to a worker that reconnects', () => {
    const { pool, lease } = runningPool();
    pool.take({ type: 'close', workerId: 'a' });
    pool.take({ type: 'cancel', jobId: lease.jobId });
    expect(pool.frame('a', helloOf('a', { leases: [lease] }))).toEqual([
      { type: 'send', workerId: 'a', frame: { type: 'cancel', ...lease } },
    ]);
  });

  test('stands when the job fails instead of stopping', () => {
    const { pool, lease } = runningPool();
    pool.take({ type: 'cancel', jobId: lease.jobId });
    expect(outcomesIn(pool.frame('a', failOf(lease)))).toEqual([
      { state: 'canceled', fence: 1, stepsDone: 3 },
    ]);
  });
});
