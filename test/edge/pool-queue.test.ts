import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import type { Pool } from '@darkroom/edge/dispatch/pool';
import { doneOf } from '@darkroom/edge/dispatch/test-pool';
import { settle } from '@darkroom/edge/metering/settle';
import { makeId } from '@darkroom/shared/ids';
import { describe, expect, test } from 'vitest';
import { SseReader } from './pool-reader.ts';
import { PoolStage } from './pool-stage.ts';

const freshId = () => makeId('job', Date.now(), crypto.getRandomValues(new Uint8Array(10)));

test('a full queue takes no more, of one project or of all, and keeps nothing of what it refuses', async () => {
  const stage = await PoolStage.open('full');
  /** Hands over so many jobs of a project from inside the object, which is faster. */
  const fill = (projectId: string, count: number) =>
    runInDurableObject(stage.stub, async (pool: Pool) => {
      const orders = Array.from({ length: count }, () => stage.order(freshId(), { projectId }));
      await Promise.all(orders.map((order) => pool.enqueue(order)));
    });
  await fill('alpha', 999);
  const last = freshId();
  await stage.hand(last, { projectId: 'alpha' });
  const more = freshId();
  const refusal = { isTaken: false, retryAfterMs: expect.toSatisfy((ms) => ms >= 1000 && ms <= 60_000) };
  const handAlpha = () => stage.hand(more, { projectId: 'alpha' });
  expect(await handAlpha()).toEqual({ ...refusal, reason: 'project_full' });
  expect(await stage.progress(more)).toBeUndefined();
  expect((await stage.pools.health(stage.name)).queued).toBe(1000);
  await fill('beta', 1);
  await stage.pools.cancel(stage.name, last);
  expect(await handAlpha()).toMatchObject({ isTaken: true });
  await fill('beta', 999);
  expect(await stage.hand(freshId(), { projectId: 'gamma' })).toEqual({ ...refusal, reason: 'pool_full' });
  expect((await stage.pools.health(stage.name)).queued).toBe(2000);
});

describe('a job that is handed over twice', () => {
  test('is one job, over a restart too, and does not run again once it has ended', async () => {
    const stage = await PoolStage.open('twice');
    const id = await stage.enqueue();
    expect(await stage.hand(id)).toMatchObject({ isTaken: true });
    await evictDurableObject(stage.stub);
    expect(await stage.hand(id)).toMatchObject({ isTaken: true });
    expect((await stage.pools.health(stage.name)).queued).toBe(1);
    const worker = await stage.join('a', { slots: 2 });
    worker.say({ type: 'ready', freeSlots: 2, resident: [] });
    const lease = await stage.accepted(worker);
    await stage.hand(id);
    worker.say(doneOf(lease));
    expect(await stage.ended(id)).toBe('succeeded');
    await evictDurableObject(stage.stub);
    expect(await stage.hand(id)).toMatchObject({ isTaken: true });
    expect(await stage.pools.health(stage.name)).toMatchObject({ queued: 0, busySlots: 0 });
    expect(worker.heard.filter(({ type }) => type === 'offer')).toEqual([]);
    expect(await stage.bill(id)).toHaveLength(1);
  });

  test('does not run when the books know its end and the pool nothing', async () => {
    const stage = await PoolStage.open('swept');
    const id = await stage.admit();
    await settle(stage.ledger.db, {
      jobId: id,
      fence: null,
      ending: { state: 'expired' },
      nowMs: Date.now(),
    });
    const { job, ...order } = stage.order(id);
    const old = { ...order, job: { ...job, createdAtMs: Date.now() - 900_000 } };
    expect(await stage.pools.enqueue(stage.name, old)).toMatchObject({ isTaken: true });
    expect(await stage.progress(id)).toBeUndefined();
    expect(await stage.state(id)).toBe('expired');
  });
});

test('a listener hears its place fall as the queue moves', async () => {
  const stage = await PoolStage.open('places');
  const ahead = [await stage.enqueue(), await stage.enqueue()];
  const id = await stage.enqueue();
  const reader = new SseReader(await stage.pools.events(stage.name, id, undefined));
  await reader.until(({ data }) => data['position'] === 2);
  for (const [n, other] of ahead.entries()) {
    await stage.pools.cancel(stage.name, other);
    await reader.until(({ data }) => data['position'] === 1 - n);
  }
  const worker = await stage.join();
  worker.say(doneOf(await stage.accepted(worker)));
  const { events } = await reader.toEnd();
  const told = events.map(({ name, data }) => (name === 'queued' ? data['position'] : name));
  expect(told.filter((word, n) => word !== told[n - 1])).toEqual([2, 1, 0, 'starting', 'succeeded']);
});
