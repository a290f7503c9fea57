import { describe, expect, test } from 'vitest';
import { offersIn, TestPool } from './test-pool.ts';

describe('a job', () => {
  test('goes to the worker that has its model in memory', () => {
    const pool = new TestPool();
    pool.join('a', { freeSlots: 2 });
    pool.join('b', { resident: ['sketch'] });
    expect(offersIn(pool.enqueue(0))).toMatchObject([{ workerId: 'b' }]);
  });

  test('waits for that worker while it is busy, but for no more than 2 s', () => {
    const pool = new TestPool();
    pool.join('a');
    pool.join('b', { freeSlots: 0, resident: ['sketch'] });
    expect(offersIn(pool.enqueue(0))).toEqual([]);
    expect(offersIn(pool.pass(1_999))).toEqual([]);
    expect(offersIn(pool.pass(1))).toMatchObject([{ workerId: 'a' }]);
  });

  test('that no worker has room for wakes nobody before its deadline', () => {
    const pool = new TestPool();
    pool.join('a', { freeSlots: 0, resident: ['sketch'] });
    pool.enqueue(0, { deadlineAtMs: pool.nowMs + 600_000 });
    expect(pool.alarmAtMs).toBe(pool.nowMs + 600_000);
  });

  test('does not wait when no worker has its model in memory', () => {
    const pool = new TestPool();
    pool.join('a', { resident: ['paint'] });
    expect(offersIn(pool.enqueue(0))).toMatchObject([{ workerId: 'a' }]);
  });

  test('does not hold up a job of another model', () => {
    const pool = new TestPool();
    pool.join('a', { resident: ['paint'] });
    pool.join('b', { freeSlots: 0, resident: ['sketch'] });
    pool.enqueue(0);
    expect(offersIn(pool.enqueue(1, { model: 'paint' }))).toMatchObject([{ workerId: 'a' }]);
  });

  test('goes to the worker with the most room', () => {
    const pool = new TestPool();
    pool.join('a', { freeSlots: 1, slots: 4 });
    pool.join('b', { freeSlots: 3, slots: 4 });
    expect(offersIn(pool.enqueue(0))).toMatchObject([{ workerId: 'b' }]);
  });
});
