import { JobList } from '@darkroom/shared/contracts/job-list';
import { GenerateRequest } from '@darkroom/shared/contracts/job-request';
import type { JobId } from '@darkroom/shared/ids';
import { describe, expect, test } from 'vitest';
import { store, tokenFor } from './assets-stage.ts';
import { type EdgeUnderTest, edgeUnderTest, storeKey } from './edge-app.ts';
import { admit, editOf, finish, missingJob, see } from './jobs-stage.ts';

const routes = (id: string): [string, string][] => [
  ['GET', `/v1/jobs/${id}`],
  ['GET', `/v1/jobs/${id}/events`],
  ['POST', `/v1/jobs/${id}/cancel`],
  ['DELETE', `/v1/jobs/${id}`],
];

/** Asks every route for a job, and for one that does not exist, whose answer must be the same. */
async function expectHidden({ ask }: EdgeUnderTest, id: JobId, credential?: { authorization: string }) {
  for (const [index, [method, path]] of routes(id).entries()) {
    const headers = { 'x-request-id': 'r1', ...credential };
    const [, missingPath = ''] = routes(missingJob)[index] ?? [];
    const [one, other] = [await ask(path, { method, headers }), await ask(missingPath, { method, headers })];
    expect([one.status, await one.text()], `${method} ${path}`).toEqual([404, await other.text()]);
  }
}

const listed = async ({ ask }: EdgeUnderTest, query = '', headers: Record<string, string> = {}) =>
  JobList.parse(await (await ask(`/v1/jobs${query}`, { headers })).json()).jobs.map(({ id }) => id);

describe('a job of another project', () => {
  test('answers like one that does not exist, and stays as it is', async () => {
    const [edge, owner] = [await edgeUnderTest(), await edgeUnderTest()];
    const [open, done] = [await admit(owner), await admit(owner)];
    await finish(owner, done);
    for (const id of [open, done]) await expectHidden(edge, id);
    expect(await see(owner, open)).toMatchObject({ status: 'queued', cancelRequestedAt: null });
    expect(await see(owner, done)).toMatchObject({ status: 'succeeded', eraseAt: null });
  });

  test('is in no list, whatever it begins after', async () => {
    const [edge, owner] = [await edgeUnderTest(), await edgeUnderTest()];
    const foreign = await admit(owner);
    for (const query of ['', `?after=${foreign}`, `?after=job_7${'z'.repeat(25)}`])
      expect(await listed(edge, query)).toEqual([]);
  });
});

describe('a job whose time is over', () => {
  test('is hidden at once', async () => {
    const edge = await edgeUnderTest();
    const id = await admit(edge, { eraseAtMs: edge.deps.nowMs() });
    await finish(edge, id);
    await expectHidden(edge, id);
    expect(await listed(edge)).toEqual([]);
  });

  test('is shown while it is open and may cost something', async () => {
    const edge = await edgeUnderTest();
    const id = await admit(edge, { eraseAtMs: edge.deps.nowMs() });
    expect(await listed(edge)).toEqual([id]);
  });
});

describe('a client token', () => {
  test('sees, cancels and deletes the jobs that were made of its photo', async () => {
    const edge = await edgeUnderTest();
    const photo = await store(edge);
    const headers = await tokenFor(edge, photo);
    const id = await admit(edge, { request: editOf(photo.id) });
    expect(await listed(edge, '', headers)).toEqual([id]);
    for (const [method, path] of routes(id))
      expect((await edge.ask(path, { method, headers })).status).toBeLessThan(300);
  });

  test('finds no job of another photo, kind or key of its project', async () => {
    const edge = await edgeUnderTest();
    const [photo, other] = [await store(edge), await store(edge)];
    const headers = await tokenFor(edge, photo);
    const request = GenerateRequest.parse({ kind: 'generate', prompt: 'a harbour' });
    const { id: keyId } = await storeKey(edge.deps, edge.project);
    const hidden = [
      await admit(edge, { request: editOf(other.id) }),
      await admit(edge, { kind: 'generate', request }),
      await admit(edge, { keyId, request: editOf(photo.id) }),
    ];
    for (const id of hidden) await expectHidden(edge, id, headers);
    for (const query of ['', '?kind=generate', '?status=queued'])
      expect(await listed(edge, query, headers)).toEqual([]);
    expect(await listed(edge)).toHaveLength(3);
  });
});

test.each([
  ['GET', '/v1/jobs', 'jobs:cancel'],
  ['GET', `/v1/jobs/${missingJob}`, 'jobs:cancel'],
  ['GET', `/v1/jobs/${missingJob}/events`, 'edits:write'],
  ['POST', `/v1/jobs/${missingJob}/cancel`, 'jobs:read'],
  ['DELETE', `/v1/jobs/${missingJob}`, 'jobs:cancel'],
] as const)('%s %s wants a key, and another scope than %s', async (method, path, scope) => {
  const { app, ask } = await edgeUnderTest({ scopes: [scope] });
  expect((await app.request(path, { method })).status).toBe(401);
  expect((await ask(path, { method })).status).toBe(403);
});
