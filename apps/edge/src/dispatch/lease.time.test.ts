import { describe, expect, test } from 'vitest';
import {
  beatOf,
  bootIdOf,
  doneOf,
  failOf,
  helloOf,
  leaseOn,
  offersIn,
  outcomesIn,
  runningPool,
  TestPool,
} from './test-pool.ts';

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
});

describe('a lease in doubt', () => {
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

  test('is not lengthened by the pool’s sleep, in which it hears', () => {
    const { pool } = runningPool();
    for (let seconds = 5; seconds <= 20; seconds += 5) {
      pool.nowMs += 5_000;
      pool.take({ type: 'wake', connected: ['a'] });
    }
    expect(pool.job(0)).toMatchObject({ state: 'queued', facts: { deaths: 1 } });
  });

  test('is lengthened once when nobody is there to tell sleep from absence', () => {
    const { pool, lease } = runningPool();
    pool.take({ type: 'close', workerId: 'a' });
    const wakeAfter = (seconds: number) => {
      pool.nowMs += 1_000 * seconds;
      pool.take({ type: 'wake', connected: [] });
    };
    wakeAfter(15);
    wakeAfter(15);
    expect(pool.job(0)).toMatchObject({ state: 'running' });
    wakeAfter(5);
    expect(pool.job(0)).toMatchObject({ state: 'queued' });
    pool.join('a', { leases: [lease] });
    pool.take({ type: 'close', workerId: 'a' });
    wakeAfter(15);
    wakeAfter(15);
    expect(pool.job(0)).toMatchObject({ state: 'running' });
  });

  test('is lengthened whenever sockets are lost with the pool', () => {
    const { pool, lease } = runningPool();
    for (let restart = 0; restart < 3; restart++) {
      pool.nowMs += 15_000;
      pool.take({ type: 'wake', connected: [] });
      pool.nowMs += 15_000;
      pool.join('a', { leases: [lease], freeSlots: 0 });
    }
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
