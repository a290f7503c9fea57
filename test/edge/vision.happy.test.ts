import { JobList } from '@darkroom/shared/contracts/job-list';
import { beforeEach, describe, expect, test } from 'vitest';
import { store } from './assets-stage.ts';
import { type EdgeUnderTest, edgeUnderTest } from './edge-app.ts';
import type { FakeWorker } from './pool-stage.ts';
import { asJson, jobsOf, moneyOf, outboxOf, usageOf, viewOf } from './submit-stage.ts';
import { answerNext, asLookForm, type Case, cases, joinLooking, resultsOf } from './vision-stage.ts';

let worker: FakeWorker;
// Anew for each test: a worker that is silent for long is given up.
beforeEach(async () => {
  worker = await joinLooking();
});

const titled = cases.map((one) => [`${one.path} with ${JSON.stringify(one.wish)}`, one] as const);

/** A job that has ended with its answer. */
async function answered(edge: EdgeUnderTest, one: Case) {
  const [answer, offer] = await Promise.all([
    edge.ask(one.path, asLookForm(one, { prefer: 'wait=30' })),
    answerNext(worker, one.result),
  ]);
  return { answer, view: await viewOf(answer), offer };
}

describe.each(titled)('%s', (_title, one) => {
  test('is answered with what was found, billed once', async () => {
    const edge = await edgeUnderTest();
    const { answer, view, offer } = await answered(edge, one);
    expect(answer.status).toBe(201);
    expect(view).toMatchObject({
      kind: one.kind,
      status: 'succeeded',
      result: one.result,
      progress: { step: 0, steps: 0, pct: 100 },
      usage: { microCredits: one.micros, priceId: '2026-11' },
    });
    expect([view.prompt, view.seed]).toEqual([undefined, undefined]);
    expect(view.outputs.map(({ name, mime }) => [name, mime])).toEqual(
      one.names.map((name) => [name, 'image/png']),
    );
    expect(offer.job).toMatchObject({ id: view.id, kind: one.kind, ...one.wish });
    for (const field of ['seed', 'steps', 'prompt', 'priority', 'enhance'])
      expect(offer.job).not.toHaveProperty(field);
    expect(await moneyOf(edge)).toEqual({ spentMicros: one.micros, reservedMicros: 0 });
    expect(await usageOf(edge)).toMatchObject([{ item: 'answer', kind: one.kind, quantity: 1 }]);
    expect(await outboxOf(edge)).toHaveLength(1);
    const { items } = (await (await edge.ask('/v1/usage')).json()) as { items: unknown[] };
    expect(items).toMatchObject([{ kind: one.kind, jobs: 1, pictures: 0, microCredits: one.micros }]);
  });

  test('shows its result with the job, not in lists, and loses it with the job', async () => {
    const edge = await edgeUnderTest();
    const { view } = await answered(edge, one);
    expect((await viewOf(await edge.ask(`/v1/jobs/${view.id}`))).result).toEqual(one.result);
    const listed = async (kind: string) =>
      JobList.parse(await (await edge.ask(`/v1/jobs?kind=${kind}`)).json()).jobs;
    const [shown, ...others] = await listed(one.kind);
    expect([shown?.id, others]).toEqual([view.id, []]);
    expect(shown).not.toHaveProperty('result');
    expect(await listed('edit')).toEqual([]);
    expect(await resultsOf(edge)).toEqual([
      { jobId: view.id, projectId: edge.project.id, result: one.result },
    ]);
    expect((await edge.ask(`/v1/jobs/${view.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await resultsOf(edge)).toEqual([]);
  });

  test('is one job however often it is said, and can be repeated as another', async () => {
    const edge = await edgeUnderTest();
    const { id: image } = await store(edge);
    const body = asJson({ image, ...one.wish }, { 'idempotency-key': 'once' });
    const first = await edge.ask(one.path, body);
    expect(first.status).toBe(202);
    expect((await viewOf(first.clone())).result).toBeNull();
    const again = await edge.ask(one.path, body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const { id } = await viewOf(first);
    expect((await viewOf(again)).id).toBe(id);
    const offer = await answerNext(worker, one.result);
    const repeated = await viewOf(await edge.ask(`/v1/jobs/${id}/reproduce`, { method: 'POST' }));
    const { id: _id, createdAtMs: _createdAtMs, ...asked } = offer.job;
    expect((await answerNext(worker, one.result)).job).toMatchObject(asked);
    expect((await jobsOf(edge)).map((job) => job.id).toSorted()).toEqual([id, repeated.id].toSorted());
  });
});

test('a result of almost a mebibyte comes through whole', async () => {
  const edge = await edgeUnderTest();
  const [segment] = cases as readonly [Case];
  const rle = { size: [6000, 4000] as [number, number], counts: Array(170_000).fill(12_345) };
  const box = [0, 0, 4000, 6000] as [number, number, number, number];
  const result = { kind: 'segment' as const, masks: [{ score: 0.5, area: 12_345, box, rle }] };
  expect(JSON.stringify(result).length).toBeGreaterThan(1_000_000);
  const { view } = await answered(edge, { ...segment, result });
  expect(view.result).toEqual(result);
});
