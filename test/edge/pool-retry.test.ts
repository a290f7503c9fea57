import { env } from 'cloudflare:workers';
import type { R2Bucket } from '@cloudflare/workers-types';
import { bootIdOf, doneOf, failOf } from '@darkroom/edge/dispatch/test-pool';
import { describe, expect, test } from 'vitest';
import { type FakeWorker, PoolStage } from './pool-stage.ts';

const { IMAGES: images } = env as unknown as { IMAGES: R2Bucket };

/** Where a job is offered next. */
async function nextHolder(workers: Readonly<Record<string, FakeWorker>>) {
  const offers = Object.entries(workers).map(async ([id, worker]) => {
    await worker.until(() => worker.heard.find(({ type }) => type === 'offer'));
    return { id, worker };
  });
  const { id, worker } = await Promise.race(offers);
  const offer = await worker.next('offer');
  return { id, worker, offer, lease: { jobId: offer.jobId, fence: offer.fence } };
}

/** Three workers, one of which has the job. */
async function threeWorkers(name: string) {
  const stage = await PoolStage.open(name);
  const workers = { a: await stage.join('a'), b: await stage.join('b'), c: await stage.join('c') };
  await expect.poll(() => stage.pools.health(stage.name)).toMatchObject({ slots: 3 });
  const jobId = await stage.enqueue();
  return { stage, workers, jobId };
}

test('a job that fails is tried on three workers, and then it has failed, unbilled', async () => {
  const { stage, workers, jobId } = await threeWorkers('thrice');
  const holders: string[] = [];
  for (let attempt = 1; attempt <= 3; attempt++) {
    const { id, worker, offer, lease } = await nextHolder(workers);
    expect(offer).toMatchObject({ jobId, attempt, fence: attempt });
    holders.push(id);
    worker.say(failOf(lease));
  }
  expect(holders.toSorted()).toEqual(['a', 'b', 'c']);
  expect(await stage.ended(jobId)).toBe('failed');
  expect(await stage.bill(jobId)).toEqual([]);
});

test('when a worker dies another one gets its job, and what comes late from the dead one does not count', async () => {
  const { stage, workers, jobId } = await threeWorkers('death');
  const dead = await nextHolder(workers);
  const late = await stage.join(dead.id, { bootId: bootIdOf(2), models: [] });
  const { id, worker, offer, lease } = await nextHolder(workers);
  expect(id).not.toBe(dead.id);
  expect(offer).toMatchObject({ jobId, attempt: 2, fence: 2, smaller: false });
  await images.put(`out/${jobId}/1/0.png`, 'late');
  late.say(doneOf({ jobId, fence: 1 }));
  expect(await late.next('ack')).toMatchObject({ fence: 1, verdict: 'stale' });
  await expect.poll(() => images.head(`out/${jobId}/1/0.png`)).toBeNull();
  expect(await stage.state(jobId)).not.toBe('succeeded');
  worker.say(doneOf(lease));
  expect(await stage.ended(jobId)).toBe('succeeded');
  expect(await stage.pictures(jobId)).toEqual([`out/${jobId}/2/0.png`]);
});

test('what attempts without a result have stored is deleted at the end', async () => {
  const { stage, workers, jobId } = await threeWorkers('leftovers');
  const first = await nextHolder(workers);
  const keys = [1, 2].map((fence) => `out/${jobId}/${fence}/0.png`);
  await Promise.all(keys.map((key) => images.put(key, 'picture')));
  first.worker.say(failOf(first.lease));
  const second = await nextHolder(workers);
  second.worker.say(doneOf(second.lease));
  expect(await stage.ended(jobId)).toBe('succeeded');
  const left = async () => (await images.list({ prefix: `out/${jobId}/` })).objects.map(({ key }) => key);
  await expect.poll(left).toEqual([keys[1]]);
});

describe('a job that breaks workers', () => {
  test('has failed after the second, and is no worker’s fault', async () => {
    const { stage, workers, jobId } = await threeWorkers('poison');
    for (let death = 1; death <= 2; death++) {
      const { id } = await nextHolder(workers);
      await stage.join(id, { bootId: bootIdOf(1 + death), models: [] });
    }
    expect(await stage.ended(jobId)).toBe('failed');
    expect((await stage.ledger.job(jobId))?.error).toMatchObject({ code: 'poison', retryable: false });
    expect(await stage.bill(jobId)).toEqual([]);
  });

  test('has failed at once when its worker knows', async () => {
    const { stage, workers, jobId } = await threeWorkers('known poison');
    const { worker, lease } = await nextHolder(workers);
    worker.say(failOf(lease, { class: 'poison', code: 'poison' }));
    expect(await stage.ended(jobId)).toBe('failed');
    expect((await stage.ledger.job(jobId))?.error).toMatchObject({ code: 'poison' });
  });
});

test('a job that was too large is tried once more, with less', async () => {
  const { stage, workers, jobId } = await threeWorkers('oom');
  const failure = { class: 'oom', code: 'out_of_memory' } as const;
  const first = await nextHolder(workers);
  expect(first.offer.smaller).toBe(false);
  first.worker.say(failOf(first.lease, failure));
  const second = await nextHolder(workers);
  expect(second.offer).toMatchObject({ jobId, smaller: true });
  second.worker.say(failOf(second.lease, failure));
  expect(await stage.ended(jobId)).toBe('failed');
});

test('a worker that drains gets nothing more, and of what it has no job fails', async () => {
  const stage = await PoolStage.open('drain');
  const worker = await stage.join('a', { slots: 2 });
  worker.say({ type: 'ready', freeSlots: 2, resident: [] });
  const [finished, givenBack] = [await stage.running(worker), await stage.running(worker)];
  await stage.pools.drain(stage.name, 'a');
  await worker.next('drain');
  worker.say({ type: 'draining', graceMs: 1000 });
  const waiting = await stage.enqueue();
  worker.say(doneOf(finished), { type: 'reject', ...givenBack, reason: 'draining' });
  worker.say({ type: 'ready', freeSlots: 2, resident: [] });
  expect(await stage.ended(finished.jobId)).toBe('succeeded');
  expect(await stage.pools.health(stage.name)).toMatchObject({ queued: 2, busySlots: 0 });
  worker.hangUp();
  const other = await stage.join('b', { slots: 2 });
  other.say({ type: 'ready', freeSlots: 2, resident: [] });
  for (const jobId of [givenBack.jobId, waiting]) {
    const { jobId: id, fence, attempt } = await other.next('offer');
    expect(attempt).toBe(1);
    other.say(doneOf({ jobId: id, fence }));
    expect(await stage.ended(jobId)).toBe('succeeded');
  }
});
