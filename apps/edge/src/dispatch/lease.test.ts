import { describe, expect, test } from 'vitest';
import {
  bootIdOf,
  doneOf,
  helloOf,
  jobIdOf,
  leaseOn,
  offersIn,
  only,
  outcomesIn,
  runningPool,
  TestPool,
} from './test-pool.ts';

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
    pool.join('a', { models: [{ id: 'paint', sha256: null, kinds: ['edit'] }] });
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

  test('is told again when it comes back, as long as it is the same process', () => {
    const { pool, lease } = runningPool();
    pool.take({ type: 'close', workerId: 'a' });
    pool.take({ type: 'drain', workerId: 'a' });
    const drain = { type: 'send', workerId: 'a', frame: { type: 'drain' } };
    expect(pool.join('a', { leases: [lease] })).toContainEqual(drain);
    expect(offersIn(pool.enqueue(1))).toEqual([]);
    const restarted = pool.join('a', { bootId: bootIdOf(2) });
    expect(restarted).not.toContainEqual(drain);
    expect(offersIn(restarted)).toHaveLength(1);
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
