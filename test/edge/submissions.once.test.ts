import { expect, test } from 'vitest';
import { store } from './assets-stage.ts';
import { edgeUnderTest } from './edge-app.ts';
import { asForm, asJson, jobsOf, moneyOf, viewOf } from './submit-stage.ts';

const prompt = 'make it a snowy night';
/** What one edit of a picture this small costs. */
const editMicros = 1001;
const limits = { requestsPerMinute: 10_000, concurrency: 1000 };

test('of 200 requests at one time against a cap with room for 20, exactly 20 are admitted', async () => {
  const edge = await edgeUnderTest({ limits, capMicros: 20 * editMicros });
  const { id: image } = await store(edge);
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => edge.ask('/v1/edits', asJson({ image, prompt }))),
  );
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 202)).toHaveLength(20);
  expect(statuses.filter((status) => status === 402)).toHaveLength(180);
  expect(await jobsOf(edge)).toHaveLength(20);
  expect(await moneyOf(edge)).toEqual({ spentMicros: 0, reservedMicros: 20 * editMicros });
});

test('50 requests with one Idempotency-Key at one time are one job', async () => {
  const edge = await edgeUnderTest({ limits });
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => edge.ask('/v1/edits', asForm({}, { 'idempotency-key': 'once' }))),
  );
  const taken = answers.filter(({ status }) => status === 202);
  expect(taken.length).toBeGreaterThan(0);
  for (const { status } of answers) expect([202, 409]).toContain(status);
  const ids = await Promise.all(taken.map(async (answer) => (await viewOf(answer)).id));
  expect(new Set(ids).size).toBe(1);
  const again = await edge.ask('/v1/edits', asForm({}, { 'idempotency-key': 'once' }));
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect((await viewOf(again)).id).toBe(ids[0]);
  expect(await jobsOf(edge)).toHaveLength(1);
});

test('an Idempotency-Key that comes with another request is refused', async () => {
  const edge = await edgeUnderTest();
  await edge.ask('/v1/edits', asForm({}, { 'idempotency-key': 'once' }));
  const answer = await edge.ask('/v1/edits', asForm({ steps: '3' }, { 'idempotency-key': 'once' }));
  expect(answer.status).toBe(422);
});

test('what a client repeats by itself, without a key, is one job; what it asks for twice is two', async () => {
  const edge = await edgeUnderTest();
  const ask = async (retry: number) =>
    await viewOf(await edge.ask('/v1/edits', asForm({}, { 'x-stainless-retry-count': String(retry) })));
  const first = await ask(0);
  expect((await ask(1)).id).toBe(first.id);
  expect((await ask(2)).id).toBe(first.id);
  expect((await ask(0)).id).not.toBe(first.id);
  expect(await jobsOf(edge)).toHaveLength(2);
});
