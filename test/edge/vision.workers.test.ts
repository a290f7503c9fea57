import { beforeEach, expect, test } from 'vitest';
import { store } from './assets-stage.ts';
import { edgeUnderTest } from './edge-app.ts';
import type { FakeWorker } from './pool-stage.ts';
import { asJson, moneyOf, usageOf, viewOf } from './submit-stage.ts';
import { answerNext, type Case, cases, joinLooking, resultsOf } from './vision-stage.ts';

let worker: FakeWorker;
beforeEach(async () => {
  worker = await joinLooking();
});
const [segment] = cases as readonly [Case];

/** A job that worker has accepted. */
async function accepted() {
  const edge = await edgeUnderTest();
  const { id: image } = await store(edge);
  const { id } = await viewOf(await edge.ask(segment.path, asJson({ image, ...segment.wish })));
  const { jobId, fence } = await worker.next('offer');
  worker.say({ type: 'accept', jobId, fence });
  const see = async () => await viewOf(await edge.ask(`/v1/jobs/${id}`));
  return { edge, lease: { jobId, fence }, see };
}

test('a worker that finds a point outside of the photo fails the job, free of charge and naming the field', async () => {
  const { edge, lease, see } = await accepted();
  const detail = 'points.0: expected a point within 6×4 pixels, got 40, 2';
  const details = { field: 'points.0' };
  const failure = { class: 'permanent', code: 'invalid_request', detail, details } as const;
  worker.say({ type: 'fail', ...lease, ...failure, stepsDone: 0 });
  await expect.poll(see).toMatchObject({ status: 'failed', result: null });
  expect((await see()).error).toEqual({ code: 'invalid_request', detail, details, retryable: false });
  expect(await moneyOf(edge)).toEqual({ spentMicros: 0, reservedMicros: 0 });
  worker.say({ type: 'ready', freeSlots: 1, resident: [] });
});

test('a worker that stops a job in time leaves nothing to pay, whatever it had begun', async () => {
  const { edge, lease, see } = await accepted();
  await edge.ask(`/v1/jobs/${lease.jobId}/cancel`, { method: 'POST' });
  await worker.next('cancel');
  worker.say({ type: 'canceled', ...lease, stepsDone: 1 });
  await expect.poll(see).toMatchObject({ status: 'canceled', usage: { microCredits: 0 } });
  expect([await usageOf(edge), await resultsOf(edge)]).toEqual([[], []]);
  worker.say({ type: 'ready', freeSlots: 1, resident: [] });
});

test('a worker that answers another question is not believed', async () => {
  const edge = await edgeUnderTest();
  const { id: image } = await store(edge);
  const { id } = await viewOf(await edge.ask(segment.path, asJson({ image, ...segment.wish })));
  await answerNext(worker, { kind: 'caption', caption: 'a dog', score: -1 });
  const again = await answerNext(worker, segment.result);
  expect([again.jobId, again.attempt]).toEqual([id, 2]);
  await expect.poll(() => resultsOf(edge)).toMatchObject([{ jobId: id, result: segment.result }]);
});
