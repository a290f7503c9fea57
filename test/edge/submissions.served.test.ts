import { beforeEach, expect, test } from 'vitest';
import { store } from './assets-stage.ts';
import { edgeUnderTest } from './edge-app.ts';
import type { FakeWorker } from './pool-stage.ts';
import {
  asForm,
  asJson,
  finishNext,
  jobsOf,
  joinDefault,
  moneyOf,
  outboxOf,
  usageOf,
  viewOf,
} from './submit-stage.ts';

let worker: FakeWorker;
// Anew for each test: a worker that is silent for long is given up.
beforeEach(async () => {
  worker = await joinDefault();
});

test('a form with a photo and a sentence becomes an edited picture, billed once', async () => {
  const edge = await edgeUnderTest();
  const [answer, offer] = await Promise.all([
    edge.ask('/v1/edits', asForm({ steps: '8', enhance: 'false' }, { prefer: 'wait=30' })),
    finishNext(worker),
  ]);
  expect(answer.status).toBe(201);
  const view = await viewOf(answer.clone());
  expect(answer.headers.get('location')).toBe(`/v1/jobs/${view.id}`);
  expect(answer.headers.get('preference-applied')).toBe('wait=30');
  expect(view).toMatchObject({ status: 'succeeded', usage: { microCredits: 1001 } });
  expect(view.outputs).toMatchObject([
    { mime: 'image/png', url: expect.stringContaining(`out/${view.id}/1/0.png`) },
  ]);
  expect(offer.job).toMatchObject({
    id: view.id,
    kind: 'edit',
    steps: 8,
    model: 'darkroom/edit',
    seed: view.seed,
  });
  expect(await moneyOf(edge)).toEqual({ spentMicros: 1001, reservedMicros: 0 });
  expect(await usageOf(edge)).toHaveLength(1);
  expect(await outboxOf(edge)).toHaveLength(1);
});

test('a repeated request waits for the end of the job that the first one made', async () => {
  const edge = await edgeUnderTest();
  const first = await edge.ask('/v1/edits', asForm({}, { 'idempotency-key': 'once' }));
  expect(first.status).toBe(202);
  const headers = { 'idempotency-key': 'once', prefer: 'wait=30' };
  const [again] = await Promise.all([edge.ask('/v1/edits', asForm({}, headers)), finishNext(worker)]);
  expect(again.status).toBe(201);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  const view = await viewOf(again);
  expect(view).toMatchObject({ id: (await viewOf(first)).id, status: 'succeeded' });
  expect(await jobsOf(edge)).toHaveLength(1);
});

test('a job whose pool cannot tell when it ends is answered as it stands', async () => {
  const usual = await edgeUnderTest();
  const lost = async () => {
    throw new Error('reset');
  };
  const pools = { ...usual.deps.pools, waitForEnd: lost };
  const edge = await edgeUnderTest({ project: usual.project, deps: { pools } });
  const answer = await edge.ask('/v1/edits', asForm({}, { prefer: 'wait=30' }));
  expect(answer.status).toBe(202);
  await finishNext(worker);
});

test('a prompt is sent byte for byte where it may not be reworded, and reworded where it may', async () => {
  const edge = await edgeUnderTest();
  const image = (await store(edge)).id;
  const prompt = '  把天空变成粉色\u3000please…  ';
  await edge.ask('/v1/edits', asJson({ image, prompt, enhance: false }));
  const kept = await finishNext(worker);
  expect(kept.job).toHaveProperty('prompt', { original: prompt, enhanced: null });
  const answer = await edge.ask(
    '/v1/edits',
    asJson({ image, prompt: 'kindly turn it into a snowy scene ❄️' }),
  );
  const reworded = await finishNext(worker);
  const view = await viewOf(answer);
  expect(view.prompt).toMatchObject({ original: 'kindly turn it into a snowy scene ❄️', rewriter: 'rules' });
  const { original, enhanced, notes } = view.prompt ?? {};
  expect(enhanced).toEqual(expect.any(String));
  expect(notes).not.toEqual([]);
  expect(reworded.job).toHaveProperty('prompt', { original, enhanced });
});

test('an edit of a region tells the worker where, and has the usual price', async () => {
  const edge = await edgeUnderTest();
  const region = { text: 'the car', points: [{ x: 3, y: 2 }], box: [0, 0, 6, 4] };
  const answer = await edge.ask('/v1/edits', asForm({ region: JSON.stringify(region), steps: '5' }));
  const { job, outputs } = await finishNext(worker);
  expect(job).toMatchObject({
    kind: 'edit',
    region: { ...region, points: [{ x: 3, y: 2, label: 1 }], feather: 2 },
  });
  expect(job).not.toHaveProperty('mask');
  expect(outputs).toHaveLength(1);
  const { id } = await viewOf(answer);
  await expect
    .poll(async () => await viewOf(await edge.ask(`/v1/jobs/${id}`)))
    .toMatchObject({ status: 'succeeded', result: null, usage: { microCredits: 1001 } });
  const { id: mask } = await store(edge);
  const both = await edge.ask('/v1/edits', asForm({ region: JSON.stringify(region), mask }));
  expect(both.status).toBe(400);
  expect(await both.json()).toMatchObject({ details: { issues: [{ field: 'region' }] } });
});

test('a repeated job has the same words, seed, steps and model, and is a job of its own', async () => {
  const edge = await edgeUnderTest();
  const first = await viewOf(await edge.ask('/v1/edits', asForm({ steps: '5' })));
  const [offer] = [await finishNext(worker)];
  const answer = await edge.ask(`/v1/jobs/${first.id}/reproduce`, { method: 'POST' });
  expect(answer.status).toBe(202);
  const again = await viewOf(answer);
  const repeated = await finishNext(worker);
  expect(again.id).not.toBe(first.id);
  const { id, createdAtMs, ...asked } = offer.job;
  expect(repeated.job).toMatchObject(asked);
  expect(await jobsOf(edge)).toHaveLength(2);
});

test('a job is not repeated on other weights', async () => {
  const edge = await edgeUnderTest();
  const first = await viewOf(await edge.ask('/v1/edits', asForm()));
  await finishNext(worker);
  const other = { id: 'darkroom/edit', sha256: 'f'.repeat(64), kinds: ['edit' as const], isOnline: true };
  const pools = { ...edge.deps.pools, models: async () => [other] };
  const changed = await edgeUnderTest({ project: edge.project, deps: { pools } });
  const answer = await changed.ask(`/v1/jobs/${first.id}/reproduce`, { method: 'POST' });
  expect(answer.status).toBe(409);
  expect(await answer.json()).toMatchObject({ code: 'conflict', details: { field: 'model' } });
});

test('the use of a test key costs nothing', async () => {
  const edge = await edgeUnderTest({ environment: 'test' });
  await edge.ask('/v1/edits', asForm());
  await finishNext(worker);
  await expect.poll(() => usageOf(edge)).toMatchObject([{ micros: 0, priceId: 'free' }]);
  expect(await moneyOf(edge)).toEqual({ spentMicros: 0, reservedMicros: 0 });
});
