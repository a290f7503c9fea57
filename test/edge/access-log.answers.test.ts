/** What every answer has, however the request ended. */
import { createApp } from '@darkroom/edge/app';
import { Problem } from '@darkroom/shared/contracts/problem';
import { AppError } from '@darkroom/shared/errors';
import { expect, test } from 'vitest';
import { type EdgeUnderTest, edgeUnderTest } from './edge-app.ts';

const json = { 'content-type': 'application/json' };
const post = (body: BodyInit, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body,
  headers,
});

type Asking = (edge: EdgeUnderTest) => Response | Promise<Response>;
const failing: Readonly<Record<string, readonly [code: Problem['code'], ask: Asking]>> = {
  'a path that does not exist': ['not_found', ({ ask }) => ask('/v1/nothing')],
  'a path of nobody’s': ['not_found', ({ app }) => app.request('/favicon.ico')],
  'a method that a path does not have': ['not_found', ({ ask }) => ask('/v1/keys', { method: 'PUT' })],
  'another method without a key': ['not_found', ({ app }) => app.request('/healthz', { method: 'POST' })],
  'a thing that does not exist': ['not_found', ({ ask }) => ask('/v1/keys/000000000000')],
  'no credential': ['unauthenticated', ({ app }) => app.request('/v1/keys')],
  'a malformed credential': [
    'unauthenticated',
    ({ ask }) => ask('/v1/keys', { headers: { authorization: 'Bearer' } }),
  ],
  'a missing scope': [
    'forbidden',
    async ({ project }) => (await edgeUnderTest({ project, scopes: ['jobs:read'] })).ask('/v1/keys'),
  ],
  'malformed JSON': ['invalid_request', ({ ask }) => ask('/v1/keys', post('{"name":', json))],
  'JSON that breaks the contract': ['invalid_request', ({ ask }) => ask('/v1/keys', post('[]', json))],
  'JSON with very many wrong fields': [
    'invalid_request',
    ({ ask }) => ask('/v1/keys', post(`{${Array.from({ length: 9999 }, (_, i) => `"x${i}":1`)}}`, json)),
  ],
  'a form that is none': [
    'invalid_request',
    ({ ask }) => ask('/v1/edits', post('no parts', { 'content-type': 'multipart/form-data; boundary=x' })),
  ],
  'a malformed query': ['invalid_request', ({ ask }) => ask('/v1/assets?limit=many')],
  'a malformed Idempotency-Key': [
    'invalid_request',
    ({ ask }) => ask('/v1/assets', post('{}', { ...json, 'idempotency-key': '""' })),
  ],
  'a key in its address': ['invalid_request', ({ ask, key }) => ask(`/v1/keys?key=${key.text}`)],
  'a body that says it is too large': [
    'request_too_large',
    ({ ask }) => ask('/v1/keys', post('{}', { ...json, 'content-length': String(2 ** 30) })),
  ],
  'more JSON than any contract takes': [
    'request_too_large',
    ({ ask }) => ask('/v1/keys', post(JSON.stringify({ name: 'x'.repeat(2 ** 20) }), json)),
  ],
  'one request too many': [
    'rate_limited',
    async ({ project }) => {
      const { ask } = await edgeUnderTest({ project, limits: { requestsPerMinute: 1 } });
      await ask('/v1/keys');
      return await ask('/v1/keys');
    },
  ],
  'a failure that nobody foresaw': [
    'internal',
    ({ app }) => {
      app.get('/throws', () => {
        throw new TypeError('deep');
      });
      return app.request('/throws');
    },
  ],
  'a counter that is down': [
    'dependency_unavailable',
    ({ deps, key }) => {
      const rateCounter = { take: () => Promise.reject(new Error('down')) };
      const headers = { authorization: `Bearer ${key.text}` };
      return createApp({ ...deps, rateCounter }).request('/v1/keys', { headers });
    },
  ],
  'a worker’s socket without its token': [
    'unauthenticated',
    ({ app }) => app.request('/v1/pools/default/socket'),
  ],
};

test.each(Object.entries(failing))(
  'a request with %s is answered with a problem',
  async (_case, [code, ask]) => {
    const answer = await ask(await edgeUnderTest());
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const problem = Problem.strict().parse(await answer.json());
    expect(problem).toMatchObject({ code, status: answer.status });
    expect(problem.requestId).toBe(answer.headers.get('x-request-id'));
    expect(problem.requestId).toMatch(/^[\da-f-]{36}$/);
    const { retryable } = new AppError(code);
    expect(answer.headers.has('retry-after')).toBe(retryable);
    expect(answer.headers.get('x-should-retry')).toBe(retryable ? null : 'false');
  },
);

test.each([
  ['an answer', '/healthz', 200],
  ['an answer to a key', '/v1/keys', 200],
  ['a refusal', '/v1/keys/000000000000', 404],
])('%s says how long it took, and is read by no browser for what it is not', async (_case, path, status) => {
  const { ask } = await edgeUnderTest();
  const answer = await ask(path);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('server-timing')).toMatch(/(?:^|, )total;dur=\d+$/);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
});
