import { findBudget } from '@darkroom/edge/db/budgets';
import { usage } from '@darkroom/edge/db/schema';
import type { JobId } from '@darkroom/shared/ids';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { type EdgeUnderTest, edgeUnderTest } from './edge-app.ts';
import { admit, cancel, enqueue, finish, jobMicros, jobOf, openPool, see } from './jobs-stage.ts';
import { asJson } from './submit-stage.ts';

/** What the job has cost, and what is still promised. */
async function bill({ deps, project }: EdgeUnderTest, id: JobId) {
  const rows = await deps.db.select().from(usage).where(eq(usage.jobId, id));
  const budget = await findBudget(deps.db, { projectId: project.id, holderId: project.id });
  return { lines: rows.map(({ micros }) => micros), reserved: budget?.reservedMicros };
}

test('a job that waits in its pool ends canceled, and bills nothing', async () => {
  const [edge, stage] = [await edgeUnderTest(), await openPool()];
  const id = await enqueue(edge, stage);
  const answer = await cancel(edge, id);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(await jobOf(answer)).toMatchObject({
    id,
    status: 'canceled',
    usage: { microCredits: 0 },
    progress: { step: 0, pct: 0, etaMs: 0 },
    error: { code: 'canceled', retryable: false },
    cancelRequestedAt: expect.stringMatching(/Z$/),
  });
  expect(await bill(edge, id)).toEqual({ lines: [], reserved: 0 });
});

test('a job that no pool was handed ends canceled, and bills nothing', async () => {
  const edge = await edgeUnderTest();
  const id = await admit(edge);
  expect(await jobOf(await cancel(edge, id))).toMatchObject({ status: 'canceled' });
  expect(await bill(edge, id)).toEqual({ lines: [], reserved: 0 });
});

test('of a job that no pool was handed webhooks hear as soon as it is canceled', async () => {
  const bodies: string[] = [];
  const edge = await edgeUnderTest({
    fetch: async (_address, init) => {
      bodies.push(String(init?.body));
      return new Response(null, { status: 200 });
    },
  });
  const wanted = { url: 'https://hooks.example.com/', topics: ['job.canceled'] };
  expect((await edge.ask('/v1/webhooks', asJson(wanted))).status).toBe(201);
  const id = await admit(edge);
  await cancel(edge, id);
  await expect.poll(() => bodies).toEqual([expect.stringContaining(id)]);
});

test('a job that runs is answered at once, ends when its worker has stopped, and bills the steps that it did', async () => {
  const [edge, stage] = [await edgeUnderTest(), await openPool()];
  const id = await enqueue(edge, stage);
  const worker = await stage.join();
  const { jobId, fence } = await worker.next('offer');
  worker.say({ type: 'accept', jobId, fence });
  worker.say({ type: 'beat', leases: [{ jobId, fence, step: 4, steps: 10, etaMs: null }] });
  await expect.poll(async () => (await see(edge, id)).status).toBe('running');
  const first = await jobOf(await cancel(edge, id));
  expect(first).toMatchObject({ status: 'running', finishedAt: null });
  expect(first.cancelRequestedAt).not.toBeNull();
  expect((await jobOf(await cancel(edge, id))).cancelRequestedAt).toBe(first.cancelRequestedAt);
  expect(await worker.next('cancel')).toEqual({ type: 'cancel', jobId, fence });
  worker.say({ type: 'canceled', jobId, fence, stepsDone: 4 });
  await expect.poll(async () => (await see(edge, id)).status).toBe('canceled');
  expect(await see(edge, id)).toMatchObject({
    usage: { microCredits: 40 },
    progress: { step: 4, steps: 10, pct: 40, etaMs: 0 },
  });
  expect(await bill(edge, id)).toEqual({ lines: [40], reserved: 0 });
});

test('a job that has ended stays as it is', async () => {
  const edge = await edgeUnderTest();
  const id = await admit(edge);
  await finish(edge, id);
  const { outputs: _fresh, ...before } = await see(edge, id);
  const { outputs, ...after } = await jobOf(await cancel(edge, id));
  expect(after).toEqual(before);
  expect(outputs).toHaveLength(1);
  expect(await bill(edge, id)).toEqual({ lines: [jobMicros], reserved: 0 });
});
