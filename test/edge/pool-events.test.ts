import { evictDurableObject } from 'cloudflare:test';
import { beatOf, doneOf } from '@darkroom/edge/dispatch/test-pool';
import { expect, test } from 'vitest';
import { SseReader } from './pool-reader.ts';
import { PoolStage } from './pool-stage.ts';

async function listen(stage: PoolStage, jobId: string, afterEventId?: number): Promise<SseReader> {
  return new SseReader(await stage.pools.events(stage.name, jobId, afterEventId));
}

test('a listener that comes back misses nothing and hears nothing twice', async () => {
  const stage = await PoolStage.open('resume');
  const id = await stage.enqueue();
  const first = await listen(stage, id);
  const { id: heardId } = await first.until(({ name }) => name === 'queued');
  await first.cancel();
  const worker = await stage.join();
  const lease = await stage.accepted(worker);
  worker.say(beatOf([lease], 1), beatOf([lease], 2));
  const second = await listen(stage, id, heardId);
  const { id: lastId } = await second.until(({ data }) => data['step'] === 2);
  await second.cancel();
  worker.say(beatOf([lease], 3), beatOf([lease], 4));
  await expect.poll(() => stage.progress(id)).toMatchObject({ step: 4 });
  const third = await listen(stage, id, lastId);
  worker.say(doneOf(lease));
  await third.toEnd();
  const events = [...first.events, ...second.events, ...third.events];
  expect(events.map(({ name, data }) => (name === 'progress' ? data['step'] : name))).toEqual([
    'queued',
    'starting',
    ...[1, 2, 3, 4],
    'succeeded',
  ]);
  const ids = events.map((event) => event.id);
  expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
});

test('over a restart of the pool a listener goes on with what is known now, and ids grow', async () => {
  const stage = await PoolStage.open('restarted');
  const worker = await stage.join();
  const lease = await stage.running(worker);
  worker.say(beatOf([lease], 5));
  await expect.poll(() => stage.progress(lease.jobId)).toMatchObject({ step: 5 });
  const first = await listen(stage, lease.jobId);
  const { id: heardId } = await first.until(({ data }) => data['step'] === 5);
  await first.cancel();
  worker.say(beatOf([lease], 6));
  await expect.poll(() => stage.progress(lease.jobId)).toMatchObject({ step: 6 });
  await evictDurableObject(stage.stub);
  const second = await listen(stage, lease.jobId, heardId);
  const again = await second.until(({ name }) => name === 'progress');
  expect(again.id).toBeGreaterThan(heardId);
  worker.say(doneOf(lease));
  expect((await second.toEnd()).events.map(({ name }) => name)).toEqual(['progress', 'succeeded']);
});
