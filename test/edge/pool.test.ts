import { evictDurableObject } from 'cloudflare:test';
import { usage } from '@darkroom/edge/db/schema';
import { bootIdOf, doneOf, helloOf } from '@darkroom/edge/dispatch/test-pool';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { PoolStage } from './pool-stage.ts';

test('a job is offered, run, and in the books once, however often its end is said', async () => {
  const stage = await PoolStage.open('whole');
  const worker = await stage.join();
  const id = await stage.enqueue();
  const offer = await worker.next('offer');
  expect(offer).toMatchObject({ jobId: id, fence: 1, attempt: 1, outputs: [{ key: `out/${id}/1/0.png` }] });
  expect(Object.keys(offer.inputs)).toEqual(['p/x/a/y']);
  const lease = { jobId: id, fence: 1 };
  worker.say({ type: 'accept', ...lease });
  worker.say({ type: 'beat', leases: [{ ...lease, step: 3, steps: 12, etaMs: 900 }] });
  await expect.poll(() => stage.progress(id)).toMatchObject({ step: 3, pct: 25, etaMs: 900 });
  worker.say(doneOf(lease), doneOf(lease));
  expect((await worker.next('ack')).verdict).toBe('accepted');
  expect((await worker.next('ack')).verdict).toBe('accepted');
  await stage.pools.waitForEnd(stage.name, id, 5000);
  expect(await stage.state(id)).toBe('succeeded');
  expect(await stage.ledger.db.select().from(usage).where(eq(usage.jobId, id))).toHaveLength(1);
});

test('pictures that nobody asked for are never the job’s: it runs again, on another worker', async () => {
  const stage = await PoolStage.open('foreign');
  const worker = await stage.join();
  const { jobId, fence } = await stage.running(worker);
  const done = doneOf({ jobId, fence });
  worker.say({ ...done, outputs: done.outputs.map((output) => ({ ...output, key: 'p/other/a/secret' })) });
  await worker.next('ack');
  const other = await stage.join('b');
  expect(await stage.accepted(other)).toEqual({ jobId, fence: 2 });
  other.say(doneOf({ jobId, fence: 2 }));
  await stage.ended(jobId);
  expect(await stage.pictures(jobId)).toEqual([`out/${jobId}/2/0.png`]);
});

test('a queued job is canceled at once, a running one when its worker has stopped', async () => {
  const stage = await PoolStage.open('cancel');
  const queued = await stage.enqueue();
  await stage.pools.cancel(stage.name, queued);
  await stage.pools.waitForEnd(stage.name, queued, 5000);
  expect(await stage.state(queued)).toBe('canceled');
  const worker = await stage.join();
  const { jobId, fence } = await stage.running(worker);
  await stage.pools.cancel(stage.name, jobId);
  expect(await worker.next('cancel')).toEqual({ type: 'cancel', jobId, fence });
  worker.say({ type: 'canceled', jobId, fence, stepsDone: 2 });
  await stage.pools.waitForEnd(stage.name, jobId, 5000);
  expect(await stage.state(jobId)).toBe('canceled');
});

test('a pool that was away keeps its jobs, its leases and its sockets', async () => {
  const stage = await PoolStage.open('evicted');
  const worker = await stage.join();
  const { jobId, fence } = await stage.running(worker);
  await expect.poll(() => stage.state(jobId)).toBe('running');
  await evictDurableObject(stage.stub);
  worker.say(doneOf({ jobId, fence }));
  expect((await worker.next('ack')).verdict).toBe('accepted');
  await expect.poll(() => stage.state(jobId)).toBe('succeeded');
});

test('a pool that was killed loses its sockets, but no lease and no result, and bills once', async () => {
  const stage = await PoolStage.open('killed');
  const lease = await stage.running(await stage.join());
  for (let kill = 1; kill <= 2; kill++) {
    await evictDurableObject(stage.stub, { webSockets: 'close' });
    const worker = await stage.dial();
    worker.say(helloOf('a', { pool: stage.name, leases: [lease] }), doneOf(lease));
    expect((await worker.next('ack')).verdict).toBe('accepted');
    expect(await stage.ended(lease.jobId)).toBe('succeeded');
  }
  expect(await stage.bill(lease.jobId)).toHaveLength(1);
});

test('a worker that comes back keeps its lease, and its older socket is closed', async () => {
  const stage = await PoolStage.open('again');
  const worker = await stage.join();
  const { jobId, fence } = await stage.running(worker);
  const again = await stage.dial();
  const leases = [{ jobId, fence }];
  again.say(helloOf('a', { pool: stage.name, bootId: bootIdOf(1), leases }));
  expect(await worker.until(() => worker.closed)).toMatchObject({ code: 1000 });
  again.say(doneOf({ jobId, fence }));
  expect((await again.next('ack')).verdict).toBe('accepted');
});

test.each([
  ['no JSON', '{', 1008],
  ['another version', JSON.stringify({ type: 'hello', version: 2 }), 1002],
  ['another frame than hello first', JSON.stringify({ type: 'ready', freeSlots: 1, resident: [] }), 1008],
  ['another worker than its token', JSON.stringify(helloOf('b', { pool: 'faults' })), 1008],
  ['another pool than its token', JSON.stringify(helloOf('a', { pool: 'other' })), 1008],
])('%s ends the connection', async (_case, text, code) => {
  const stage = await PoolStage.open('faults');
  const worker = await stage.dial();
  worker.say(text);
  expect(await worker.until(() => worker.closed)).toMatchObject({ code, reason: expect.stringMatching(/./) });
});

test('a listener hears place, start, progress, preview and end, in order', async () => {
  const stage = await PoolStage.open('stream');
  const id = await stage.enqueue();
  const stream = await stage.pools.events(stage.name, id, undefined);
  const text = new Response(stream).text();
  const worker = await stage.join();
  const lease = { jobId: id, fence: 1 };
  await worker.next('offer');
  worker.say({ type: 'accept', ...lease });
  worker.say({ type: 'beat', leases: [{ ...lease, step: 3, steps: 12, etaMs: 900 }] });
  worker.say(new Uint8Array(3));
  worker.say({ type: 'preview', ...lease, step: 3, sizeBytes: 2 }, new Uint8Array([1, 2]));
  worker.say(doneOf(lease));
  const said = await text;
  expect(said.match(/(?<=^event: ).*/gm)).toEqual(['queued', 'starting', 'progress', 'preview', 'succeeded']);
  expect(said).toContain('"data":"AQI="');
  const late = await new Response(await stage.pools.events(stage.name, id, 7)).text();
  expect(late).toMatch(/^id: \d+\nevent: succeeded\n/);
});

test('models of workers that left are remembered as offline', async () => {
  const stage = await PoolStage.open('models');
  const worker = await stage.join();
  await expect.poll(() => stage.pools.models(stage.name)).toMatchObject([{ isOnline: true }, {}]);
  expect(await stage.pools.health(stage.name)).toMatchObject({
    workers: 1,
    slots: 1,
    busySlots: 0,
    queued: 0,
  });
  worker.hangUp();
  await expect
    .poll(() => stage.pools.models(stage.name))
    .toContainEqual({ id: 'paint', sha256: null, kinds: ['edit'], isOnline: false });
});
