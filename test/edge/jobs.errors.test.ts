import type { JobPools } from '@darkroom/edge/dispatch/job-pools';
import { describe, expect, test } from 'vitest';
import { type EdgeUnderTest, edgeUnderTest } from './edge-app.ts';
import { admit, cancel, eventNames, finish, missingJob, see } from './jobs-stage.ts';

const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code];

describe('a list is refused', () => {
  test.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=101'],
    ['after', 'after=job_1'],
    ['status', 'status=done'],
    ['kind', 'kind=paint'],
    ['', 'project=another'],
  ])('for its field %s', async (field, query) => {
    const { ask } = await edgeUnderTest();
    expect(await (await ask(`/v1/jobs?${query}`)).json()).toMatchObject({
      status: 400,
      code: 'invalid_request',
      details: { issues: [{ field }] },
    });
  });
});

test.each([
  ['GET', ''],
  ['DELETE', ''],
  ['GET', '/events'],
  ['POST', '/cancel'],
])('%s /v1/jobs/:id%s finds no job that is not there', async (method, rest) => {
  const { ask } = await edgeUnderTest();
  for (const id of [missingJob, 'job_1', 'x'])
    expect(await codeOf(await ask(`/v1/jobs/${id}${rest}`, { method }))).toEqual([404, 'not_found']);
});

test('a job that has not ended is not deleted', async () => {
  const edge = await edgeUnderTest();
  const id = await admit(edge);
  expect(await codeOf(await edge.ask(`/v1/jobs/${id}`, { method: 'DELETE' }))).toEqual([409, 'conflict']);
  expect((await see(edge, id)).eraseAt).toBeNull();
});

test.each(['', 'x', '-1', '9'.repeat(30)])('a Last-Event-ID of %o counts as none', async (lastEventId) => {
  const edge = await edgeUnderTest();
  const id = await admit(edge);
  await finish(edge, id);
  const answer = await edge.ask(`/v1/jobs/${id}/events`, { headers: { 'last-event-id': lastEventId } });
  expect(eventNames(await answer.text())).toEqual(['succeeded']);
});

describe('when the pool does not answer', () => {
  const down = async (): Promise<EdgeUnderTest> => {
    const edge = await edgeUnderTest();
    const silent = () => Promise.reject(new Error('the pool is away'));
    const pools: JobPools = { ...edge.deps.pools, progress: silent, cancel: silent, events: silent };
    return await edgeUnderTest({ project: edge.project, deps: { pools } });
  };

  test('an open job is not shown as if nothing were known of it', async () => {
    const edge = await down();
    const id = await admit(edge);
    for (const answer of [
      await edge.ask(`/v1/jobs/${id}`),
      await edge.ask(`/v1/jobs/${id}/events`),
      await cancel(edge, id),
    ])
      expect(await codeOf(answer)).toEqual([503, 'dependency_unavailable']);
  });

  test('a job that has ended is shown', async () => {
    const edge = await down();
    const id = await admit(edge);
    await finish(edge, id);
    expect((await see(edge, id)).status).toBe('succeeded');
    expect((await cancel(edge, id)).status).toBe(200);
  });
});
