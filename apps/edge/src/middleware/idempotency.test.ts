import { AppError } from '@darkroom/shared/errors';
import { describe, expect, test } from 'vitest';
import { recordOf, startMs, testKey } from '../auth/key-fixtures.ts';
import { clientPrincipal, keyPrincipal, type Principal } from '../auth/principal.ts';
import type { AuthVariables } from './authenticate.ts';
import { appUnderTest, MemoryIdempotencyStore } from './edge-fixtures.ts';
import { type IdempotencyVariables, idempotency } from './idempotency.ts';

const record = await recordOf(testKey(1), { scopes: ['edits:write'] });
const hourMs = 3_600_000;

/** An edge that makes a thing of every body, and counts how often it does. */
function edge() {
  const clock = { nowMs: startMs };
  const caller: { principal: Principal } = { principal: keyPrincipal(record) };
  const made: string[] = [];
  /** What the route does before it answers. */
  const route: { before: () => Promise<void>; answer: (id: string) => Response } = {
    before: async () => {},
    answer: (id) =>
      Response.json({ id }, { status: 201, headers: { location: `/v1/jobs/${id}`, 'x-other': '1' } }),
  };
  let ids = 0;
  const store = new MemoryIdempotencyStore();
  const { app, failures } = appUnderTest<AuthVariables & IdempotencyVariables>();
  app.use(async (c, next) => {
    c.set('principal', caller.principal);
    await next();
  });
  app.post(
    '/*',
    idempotency({
      idempotencyStore: store,
      nowMs: () => clock.nowMs,
      newResourceId: () => `job_${++ids}`,
      newClaimId: () => crypto.randomUUID(),
      reportFailure: (error) => failures.push(error),
    }),
    async (c) => {
      await c.req.arrayBuffer();
      await route.before();
      made.push(c.get('resourceId'));
      return route.answer(c.get('resourceId'));
    },
  );
  const post = (body: BodyInit, headers: Record<string, string> = {}, path = '/v1/edits') => {
    const type = typeof body === 'string' ? { 'content-type': 'application/json' } : undefined;
    return app.request(path, { method: 'POST', body, headers: { ...type, ...headers } });
  };
  /** Holds the next request in the route: tells when it has come there, and lets it go. */
  const atWork = () => {
    const [started, finished] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    route.before = () => {
      started.resolve();
      return finished.promise;
    };
    return { started: started.promise, finish: finished.resolve };
  };
  return { post, clock, caller, made, route, store, failures, atWork };
}

const keyed = { 'idempotency-key': 'k1' };
const retry = { 'x-stainless-retry-count': '1' };

describe('a request with an Idempotency-Key', () => {
  test('is answered again as it was, and not done again', async () => {
    const { post, made } = edge();
    const first = await post('{"a":1}', keyed);
    const second = await post('{"a":1}', keyed);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.status).toBe(201);
    expect(second.headers.get('location')).toBe('/v1/jobs/job_1');
    expect(second.headers.get('content-type')).toBe('application/json');
    expect(second.headers.get('x-request-id')).toBe('r1');
    expect(await second.json()).toEqual(await first.json());
    expect(made).toEqual(['job_1']);
  });

  test('is the same however its JSON is written', async () => {
    const { post, made } = edge();
    await post('{"a":1,"b":[1,{"c":null,"d":"x"}]}', keyed);
    expect((await post('{ "b": [1, {"d":"x", "c":null}], "a": 1.0 }', keyed)).status).toBe(201);
    expect(made).toHaveLength(1);
  });

  test('is the same whatever separates the parts of its form', async () => {
    const { post, made } = edge();
    const form = (pixels: string, name = 'a.png') => {
      const data = new FormData();
      data.set('prompt', 'snow');
      data.set('image', new File([pixels], name, { type: 'image/png' }));
      return data;
    };
    await post(form('pixels'), keyed);
    expect((await post(form('pixels'), keyed)).headers.get('idempotent-replayed')).toBe('true');
    expect((await post(form('other'), keyed)).status).toBe(422);
    expect((await post(form('pixels', 'b.png'), keyed)).status).toBe(422);
    expect(made).toHaveLength(1);
  });

  test.each([
    ['another body', '{"a":2}', '/v1/edits'],
    ['another query', '{"a":1}', '/v1/edits?x=1'],
    ['no JSON', '{"a":1', '/v1/edits'],
  ])('is refused with %s, and the client told not to retry', async (_case, body, path) => {
    const { post, made } = edge();
    await post('{"a":1}', keyed);
    const response = await post(body, keyed, path);
    expect(response.status).toBe(422);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await response.json()).toMatchObject({ code: 'idempotency_mismatch' });
    expect(made).toHaveLength(1);
  });

  test('is refused when its JSON is larger than any contract takes, before it is compared', async () => {
    const { post, made } = edge();
    const response = await post(JSON.stringify({ a: 'x'.repeat(1024 * 1024) }), keyed);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'request_too_large' });
    expect(made).toEqual([]);
  });

  test('is refused when its key or its form is malformed', async () => {
    const { post, made } = edge();
    expect((await post('{}', { 'idempotency-key': '' })).status).toBe(400);
    expect((await post('no parts', { 'content-type': 'multipart/form-data; boundary=x' })).status).toBe(400);
    expect(made).toEqual([]);
  });
});

describe('the reach of an Idempotency-Key', () => {
  test('ends at its route, its project, and the asset of a token', async () => {
    const { post, caller, made } = edge();
    const principal = keyPrincipal(record);
    const client = (last: number) =>
      clientPrincipal(record, { assetId: `asset_0000000000000000000000000${last}`, jobKind: 'edit' });
    await post('{}', keyed);
    await post('{}', keyed, '/v1/inpaints');
    for (const other of [{ ...principal, projectId: 'project_2' }, client(1), client(2)]) {
      caller.principal = other;
      await post('{}', keyed);
    }
    expect(made).toHaveLength(5);
  });

  test('takes in all keys of a project', async () => {
    const { post, caller, made } = edge();
    await post('{}', keyed);
    caller.principal = { ...keyPrincipal(record), keyId: testKey(2).id, identityId: testKey(2).id };
    await post('{}', keyed);
    expect(made).toHaveLength(1);
  });

  test('ends after 24 hours', async () => {
    const { post, clock, made } = edge();
    await post('{}', keyed);
    clock.nowMs += 24 * hourMs - 1;
    await post('{}', keyed);
    expect(made).toEqual(['job_1']);
    clock.nowMs += 1;
    await post('{"a":2}', keyed);
    expect(made).toHaveLength(2);
  });
});

describe('a request that is sent again before it was answered, or after it failed', () => {
  test('is done once when fifty come at a time; the others hear that it is at work', async () => {
    const { post, made, route } = edge();
    const gate = Promise.withResolvers<void>();
    route.before = () => gate.promise;
    const statuses: number[] = [];
    const sent = Array.from({ length: 50 }, async () => {
      statuses.push((await post('{}', keyed)).status);
      // The one that works is let go when all others were answered.
      if (statuses.length === 49) gate.resolve();
    });
    await Promise.all(sent);
    expect(statuses).toEqual([...Array(49).fill(409), 201]);
    expect(made).toHaveLength(1);
  });

  test('may be tried again while it is at work', async () => {
    const { post, atWork } = edge();
    const { started, finish } = atWork();
    const first = post('{}', keyed);
    await started;
    const second = await post('{}', keyed);
    expect(second.status).toBe(409);
    expect(second.headers.get('retry-after')).toBe('2');
    expect(second.headers.get('x-should-retry')).toBeNull();
    expect(await second.json()).toMatchObject({ code: 'idempotency_in_flight', retryable: true });
    finish();
    expect((await first).status).toBe(201);
    expect((await post('{}', keyed)).headers.get('idempotent-replayed')).toBe('true');
  });

  test('takes the same id when it failed and is sent again', async () => {
    const { post, made, route } = edge();
    const answer = route.answer;
    route.answer = () => {
      throw new AppError('unavailable');
    };
    expect((await post('{}', keyed)).status).toBe(503);
    route.answer = answer;
    const second = await post('{}', keyed);
    expect(await second.json()).toEqual({ id: 'job_1' });
    expect(made).toEqual(['job_1', 'job_1']);
  });

  test.each([
    ['a stream', () => new Response('data: 1\n\n', { headers: { 'content-type': 'text/event-stream' } })],
    ['an answer too long to keep', () => Response.json({ text: 'x'.repeat(64 * 1024) })],
  ])('takes the same id again when it was answered with %s', async (_case, answer) => {
    const { post, made, route } = edge();
    route.answer = answer;
    await post('{}', keyed);
    const second = await post('{}', keyed);
    expect(second.headers.get('idempotent-replayed')).toBeNull();
    expect(made).toEqual(['job_1', 'job_1']);
  });
});

describe('a request without a key', () => {
  test('is done as often as it is sent', async () => {
    const { post, made } = edge();
    await post('{}');
    await post('{}');
    expect(made).toHaveLength(2);
  });

  test('is done fifty times when fifty come at a time', async () => {
    const { post, made } = edge();
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('{}')));
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    expect(new Set(made).size).toBe(50);
  });

  test('is done once when its client repeats it by itself', async () => {
    const { post, made } = edge();
    await post('{"a":1,"b":2}');
    const second = await post('{"b":2,"a":1}', retry);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(await second.json()).toEqual({ id: 'job_1' });
    expect(made).toHaveLength(1);
  });

  test('keeps its id when its client repeats it while it is at work', async () => {
    const { post, made, atWork } = edge();
    const one = atWork();
    const first = post('{}');
    await one.started;
    const two = atWork();
    const second = post('{}', retry);
    await two.started;
    one.finish();
    two.finish();
    expect([(await first).status, (await second).status]).toEqual([201, 201]);
    expect(made).toEqual(['job_1', 'job_1']);
  });

  test('is another one with another body, of another key, or after 15 minutes', async () => {
    const { post, clock, caller, made } = edge();
    await post('{}');
    await post('{"a":1}', retry);
    clock.nowMs += hourMs / 4;
    await post('{}', retry);
    caller.principal = { ...keyPrincipal(record), identityId: testKey(2).id };
    await post('{}', retry);
    expect(new Set(made).size).toBe(4);
  });
});

describe('a store that fails', () => {
  test('before the work lets nothing be done', async () => {
    const { post, store, made } = edge();
    store.isReadOnly = true;
    const response = await post('{}', keyed);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'dependency_unavailable' });
    expect(made).toEqual([]);
  });

  test('after the work is told to operators only; a retry finds the same id once the lock lapsed', async () => {
    const { post, clock, store, made, route, failures } = edge();
    route.before = async () => {
      store.isReadOnly = true;
    };
    expect((await post('{}', keyed)).status).toBe(201);
    expect(failures.map(({ code }) => code)).toEqual(['dependency_unavailable']);
    store.isReadOnly = false;
    expect((await post('{}', keyed)).status).toBe(409);
    clock.nowMs += 20_000;
    expect((await post('{}', keyed)).status).toBe(201);
    expect(made).toEqual(['job_1', 'job_1']);
  });
});
