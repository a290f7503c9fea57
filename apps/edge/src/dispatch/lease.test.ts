import type { FailFrame } from '@darkroom/shared/contracts/frames';
import { describe, expect, test } from 'vitest';
import {
  beatOf,
  bootIdOf,
  doneOf,
  helloOf,
  jobIdOf,
  leaseOn,
  offersIn,
  only,
  outcomesIn,
  TestPool,
} from './test-pool.ts';

/** A pool in which worker `a` runs job 0. */
function runningPool() {
  const pool = new TestPool();
  pool.join('a');
  const [offer] = offersIn(pool.enqueue(0));
  const lease = leaseOn(offer!.job);
  pool.frame('a', { type: 'accept', ...lease });
  return { pool, lease };
}

const failOf = (lease: { jobId: string; fence: number }, fail: Partial<FailFrame> = {}): FailFrame => ({
  type: 'fail',
  class: 'retryable',
  code: 'internal',
  detail: 'it broke',
  stepsDone: 3,
  ...lease,
  ...fail,
});

describe('an offer', () => {
  test('goes to a worker with room, with the first fence and attempt', () => {
    const pool = new TestPool();
    expect(offersIn(pool.enqueue(0))).toEqual([]);
    const [offer] = offersIn(pool.join('a'));
    expect(offer).toMatchObject({ workerId: 'a', job: { id: jobIdOf(0), fence: 1, attempts: 1 } });
    expect(pool.job(0)).toMatchObject({ state: 'starting' });
  });

  test('uses up credit, and is not made without it', () => {
    const pool = new TestPool();
    pool.join('a', { freeSlots: 2, slots: 4 });
    const effects = [0, 1, 2].flatMap((i) => pool.enqueue(i));
    expect(offersIn(effects)).toHaveLength(2);
    expect(offersIn(pool.frame('a', { type: 'ready', freeSlots: 1, resident: [] }))).toHaveLength(1);
  });

  test('is not made beyond the slots, whatever credit a late frame gives', () => {
    const pool = new TestPool();
    pool.join('a');
    pool.enqueue(0);
    pool.frame('a', { type: 'ready', freeSlots: 1, resident: [] });
    expect(offersIn(pool.enqueue(1))).toEqual([]);
  });

  test('that is rejected does not count and waits for a worker with room', () => {
    const pool = new TestPool();
    pool.join('a', { freeSlots: 2 });
    const lease = leaseOn(offersIn(pool.enqueue(0))[0]!.job);
    const effects = pool.frame('a', { type: 'reject', ...lease, reason: 'busy' });
    expect(only(effects, 'send')).toEqual([
      { type: 'send', workerId: 'a', frame: { type: 'ack', ...lease, verdict: 'accepted' } },
    ]);
    expect(offersIn(effects)).toEqual([]);
    expect(offersIn(pool.join('b'))[0]?.job).toMatchObject({ fence: 2, attempts: 1 });
  });

  test('is made only to workers that have the model', () => {
    const pool = new TestPool();
    pool.join('a', { models: [{ id: 'paint', sha256: null }] });
    expect(offersIn(pool.enqueue(0))).toEqual([]);
    expect(offersIn(pool.join('b'))).toMatchObject([{ workerId: 'b' }]);
  });
});

describe('a result', () => {
  test('is settled, acknowledged, and acknowledged again when it comes again', () => {
    const { pool, lease } = runningPool();
    const effects = pool.frame('a', doneOf(lease));
    expect(outcomesIn(effects)).toEqual([
      {
        state: 'succeeded',
        fence: 1,
        stepsDone: 12,
        result: expect.objectContaining({ outputs: doneOf(lease).outputs }),
      },
    ]);
    const ack = { type: 'send', workerId: 'a', frame: { type: 'ack', ...lease, verdict: 'accepted' } };
    expect(only(effects, 'send')).toEqual([ack]);
    expect(pool.frame('a', doneOf(lease))).toEqual([ack]);
    pool.take({ type: 'settled', jobId: lease.jobId });
    expect(pool.frame('a', doneOf(lease))).toEqual([ack]);
  });

  test('is settled again until the books have it', () => {
    const { pool, lease } = runningPool();
    const [first] = only(pool.frame('a', doneOf(lease)), 'settle');
    expect(only(pool.pass(5_000), 'settle')).toHaveLength(1);
    expect(outcomesIn(pool.pass(5_000))).toEqual([first!.job.outcome]);
    pool.take({ type: 'settled', jobId: lease.jobId });
    expect(pool.pass(60_000)).toEqual([]);
    expect(pool.job(0)).toBeUndefined();
  });

  test('of an older fence is refused and its pictures are discarded', () => {
    const { pool, lease } = runningPool();
    pool.pass(20_000);
    expect(offersIn(pool.join('b'))).toEqual([]);
    const [again] = offersIn(pool.pass(500));
    expect(again).toMatchObject({ workerId: 'b', job: { fence: 2 } });
    const effects = pool.frame('a', doneOf(lease));
    expect(outcomesIn(effects)).toEqual([]);
    expect(effects).toContainEqual({
      type: 'send',
      workerId: 'a',
      frame: { type: 'ack', ...lease, verdict: 'stale' },
    });
    expect(effects).toContainEqual({ type: 'discard', ...lease });
    expect(outcomesIn(pool.frame('b', doneOf(leaseOn(again!.job))))).toMatchObject([{ fence: 2 }]);
    expect(pool.frame('a', doneOf(lease))).toContainEqual({ type: 'discard', ...lease });
  });

  test('of a lease that ran out still counts while nobody else has the job', () => {
    const { pool, lease } = runningPool();
    pool.pass(60_000);
    expect(pool.job(0)).toMatchObject({ state: 'queued' });
    pool.frame('a', helloOf('a', { leases: [lease] }));
    expect(outcomesIn(pool.frame('a', doneOf(lease)))).toMatchObject([{ state: 'succeeded', fence: 1 }]);
  });

  test('of a lease that its worker no longer claimed is refused', () => {
    const { pool, lease } = runningPool();
    pool.pass(60_000);
    pool.frame('a', helloOf('a'));
    expect(outcomesIn(pool.frame('a', doneOf(lease)))).toEqual([]);
  });

  test('from a worker that never had the lease is refused', () => {
    const { pool, lease } = runningPool();
    pool.join('b');
    const effects = pool.frame('b', doneOf(lease));
    expect(outcomesIn(effects)).toEqual([]);
    expect(only(effects, 'discard')).toEqual([]);
  });
});

describe('a lease', () => {
  test('lasts as long as beats name it', () => {
    const { pool, lease } = runningPool();
    for (let beat = 0; beat < 12; beat++) {
      pool.pass(19_000);
      expect(pool.frame('a', beatOf([lease], beat + 1))).toMatchObject([
        { type: 'progress', step: beat + 1 },
      ]);
    }
    expect(pool.job(0)).toMatchObject({ state: 'running', facts: { fence: 1 } });
  });

  test('runs out 20 s after the last beat, and its worker gets nothing until it says hello', () => {
    const { pool } = runningPool();
    pool.pass(19_999);
    expect(pool.job(0)).toMatchObject({ state: 'running' });
    expect(pool.pass(1)).toEqual([{ type: 'disconnect', workerId: 'a' }]);
    expect(pool.job(0)).toMatchObject({ state: 'queued', facts: { deaths: 1 } });
    expect(pool.frame('a', { type: 'ready', freeSlots: 1, resident: [] })).toEqual([
      { type: 'disconnect', workerId: 'a' },
    ]);
    pool.pass(5_000);
    expect(offersIn(pool.join('a', { bootId: bootIdOf(2) }))).toHaveLength(1);
  });

  test('outlives the socket when the worker comes back and asserts it', () => {
    const { pool, lease } = runningPool();
    pool.take({ type: 'close', workerId: 'a' });
    pool.pass(15_000);
    expect(pool.frame('a', helloOf('a', { leases: [lease] }))).toEqual([]);
    pool.pass(15_000);
    expect(pool.job(0)).toMatchObject({ state: 'running', facts: { fence: 1, deaths: 0 } });
  });

  test('that ran out is taken up again by a worker that was silent, not dead', () => {
    const { pool, lease } = runningPool();
    pool.pass(25_000);
    expect(pool.job(0)).toMatchObject({ state: 'queued', facts: { deaths: 1 } });
    pool.frame('a', helloOf('a', { leases: [lease] }));
    expect(pool.job(0)).toMatchObject({ state: 'running', facts: { deaths: 0, fence: 1, attempts: 1 } });
  });

  test('that the same process does not know of never reached it', () => {
    const pool = new TestPool();
    pool.join('a');
    pool.enqueue(0);
    pool.take({ type: 'close', workerId: 'a' });
    const effects = pool.join('a');
    expect(offersIn(effects)).toMatchObject([{ job: { fence: 2, attempts: 1, deaths: 0 } }]);
  });

  test('that a restarted process does not know of went down with it', () => {
    const { pool } = runningPool();
    pool.frame('a', helloOf('a', { bootId: bootIdOf(2) }));
    expect(pool.job(0)).toMatchObject({ state: 'queued', facts: { deaths: 1, attempts: 1 } });
  });

  test('whose result a restarted process has kept is asserted like any other', () => {
    const { pool, lease } = runningPool();
    pool.frame('a', helloOf('a', { bootId: bootIdOf(2), leases: [lease] }));
    expect(outcomesIn(pool.frame('a', doneOf(lease)))).toMatchObject([{ state: 'succeeded' }]);
  });

  test('that is over is revoked when a worker claims it', () => {
    const { pool, lease } = runningPool();
    pool.frame('a', failOf(lease));
    expect(pool.frame('a', beatOf([lease]))).toEqual([
      { type: 'send', workerId: 'a', frame: { type: 'revoke', ...lease } },
    ]);
  });

  test('is not shortened by a time in which the pool itself was away', () => {
    const { pool } = runningPool();
    pool.nowMs += 120_000;
    pool.take({ type: 'wake', connected: ['a'] });
    pool.pass(19_999);
    expect(pool.job(0)).toMatchObject({ state: 'running' });
  });

  test('is not stretched by a clock that is set back', () => {
    const { pool } = runningPool();
    pool.nowMs -= 600_000;
    pool.take({ type: 'alarm' });
    pool.pass(20_000);
    expect(pool.job(0)).toMatchObject({ state: 'queued' });
  });
});

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
      { state: 'failed', fence: 3, stepsDone: 3, code: 'internal', detail: 'it broke', isPoison: false },
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
    expect(outcomesIn(effects)).toMatchObject([{ state: 'failed', code: 'image_corrupt', isPoison: false }]);
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

  test('that took two workers down is kept aside', () => {
    const { pool } = runningPool();
    pool.frame('a', helloOf('a', { bootId: bootIdOf(2) }));
    pool.pass(500);
    expect(offersIn(pool.join('b'))).toHaveLength(1);
    const effects = pool.frame('b', helloOf('b', { bootId: bootIdOf(2) }));
    expect(outcomesIn(effects)).toMatchObject([{ state: 'failed', isPoison: true }]);
    expect(only(effects, 'quarantine')).toMatchObject([{ job: { id: jobIdOf(0), tried: ['a', 'b'] } }]);
  });

  test('that a worker calls poison is kept aside at once', () => {
    const { pool, lease } = runningPool();
    const effects = pool.frame('a', failOf(lease, { class: 'poison' }));
    expect(only(effects, 'quarantine')).toHaveLength(1);
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

describe('a deadline', () => {
  test('ends a queued job', () => {
    const pool = new TestPool();
    pool.enqueue(0, { deadlineAtMs: pool.nowMs + 30_000 });
    expect(pool.pass(29_999)).toEqual([]);
    expect(outcomesIn(pool.pass(1))).toEqual([{ state: 'expired', fence: 0, stepsDone: 0 }]);
  });

  test('stops a running job as a cancel does', () => {
    const pool = new TestPool();
    pool.join('a');
    const [offer] = offersIn(pool.enqueue(0, { deadlineAtMs: pool.nowMs + 10_000 }));
    const lease = leaseOn(offer!.job);
    pool.frame('a', { type: 'accept', ...lease });
    expect(pool.pass(10_000)).toEqual([{ type: 'send', workerId: 'a', frame: { type: 'cancel', ...lease } }]);
    const effects = pool.frame('a', { type: 'canceled', ...lease, stepsDone: 5 });
    expect(outcomesIn(effects)).toEqual([{ state: 'expired', fence: 1, stepsDone: 5 }]);
  });
});

describe('a worker that drains', () => {
  test('gets no offers, may finish, and gives back uncounted what it cannot finish', () => {
    const pool = new TestPool();
    pool.join('a', { freeSlots: 3 });
    const [first, second] = [0, 1].flatMap((i) => offersIn(pool.enqueue(i)));
    pool.frame('a', { type: 'draining', graceMs: 10_000 });
    expect(offersIn(pool.enqueue(2))).toEqual([]);
    expect(outcomesIn(pool.frame('a', doneOf(leaseOn(first!.job))))).toMatchObject([{ state: 'succeeded' }]);
    pool.frame('a', { type: 'reject', ...leaseOn(second!.job), reason: 'draining' });
    expect(offersIn(pool.join('b', { freeSlots: 2 }))).toMatchObject([
      { job: { id: jobIdOf(1), attempts: 1, deaths: 0, tried: [] } },
      { job: { id: jobIdOf(2) } },
    ]);
  });

  test('can be asked to', () => {
    const pool = new TestPool();
    pool.join('a');
    expect(pool.take({ type: 'drain', workerId: 'a' })).toEqual([
      { type: 'send', workerId: 'a', frame: { type: 'drain' } },
    ]);
    expect(offersIn(pool.enqueue(0))).toEqual([]);
  });
});

describe('the queue', () => {
  test('refuses what is beyond its depth, for the pool and for each project', () => {
    const pool = new TestPool({ queued: 3, queuedPerProject: 2 });
    pool.enqueue(0);
    pool.enqueue(1);
    expect(pool.enqueue(2)).toEqual([
      { type: 'refuse', jobId: jobIdOf(2), reason: 'project_full', retryAfterMs: 4_000 },
    ]);
    expect(pool.enqueue(3, { projectId: 'beta' })).toEqual([]);
    expect(pool.enqueue(4, { projectId: 'gamma' })).toMatchObject([{ reason: 'pool_full' }]);
    expect(pool.job(4)).toBeUndefined();
  });

  test('takes a job once, however often it is sent', () => {
    const { pool, lease } = runningPool();
    expect(pool.enqueue(0)).toEqual([]);
    pool.frame('a', doneOf(lease));
    pool.take({ type: 'settled', jobId: lease.jobId });
    pool.frame('a', { type: 'ready', freeSlots: 1, resident: [] });
    expect(pool.enqueue(0)).toEqual([]);
    expect(pool.job(0)).toBeUndefined();
  });

  test('forgets what is settled after ten minutes', () => {
    const { pool, lease } = runningPool();
    pool.frame('a', doneOf(lease));
    pool.take({ type: 'settled', jobId: lease.jobId });
    pool.pass(600_000);
    expect(pool.pool.tombstones.size).toBe(0);
    expect(pool.alarmAtMs).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('previews', () => {
  test('are passed on from the worker that holds the lease alone', () => {
    const { pool, lease } = runningPool();
    pool.join('b');
    const preview = { type: 'preview', ...lease, step: 4, sizeBytes: 900 } as const;
    expect(pool.frame('b', preview)).toEqual([]);
    expect(pool.frame('a', preview)).toEqual([
      { type: 'preview', jobId: lease.jobId, step: 4, sizeBytes: 900 },
    ]);
  });
});
