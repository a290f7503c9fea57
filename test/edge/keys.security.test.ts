import { describe, expect, test } from 'vitest';
import { edgeUnderTest, storeKey } from './edge-app.ts';

const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });
const routes = (id: string): [string, string][] => [
  ['GET', `/v1/keys/${id}`],
  ['PATCH', `/v1/keys/${id}`],
  ['DELETE', `/v1/keys/${id}`],
  ['POST', `/v1/keys/${id}/reroll`],
];

describe('a key of another project', () => {
  test('answers like one that does not exist', async () => {
    const { ask } = await edgeUnderTest();
    const { key: foreign, ask: askOwner } = await edgeUnderTest();
    for (const [index, [method, path]] of routes(foreign.id).entries()) {
      const headers = { 'x-request-id': 'r1' };
      const [, missing = ''] = routes('000000000000')[index] ?? [];
      const [one, other] = [await ask(path, { method, headers }), await ask(missing, { method, headers })];
      expect([one.status, await one.text()]).toEqual([404, await other.text()]);
    }
    expect((await askOwner('/v1/keys')).status).toBe(200);
  });

  test('is in no list', async () => {
    const { ask } = await edgeUnderTest();
    const { key: foreign } = await edgeUnderTest();
    expect(await (await ask('/v1/keys')).text()).not.toContain(foreign.id);
  });
});

describe('a key gives only what it has', () => {
  test.each([
    ['scopes', { scopes: ['webhooks:write'] }],
    ['environment', { environment: 'live' }],
    ['models', {}],
    ['limits.spendCapMicros', { models: ['m'], limits: { spendCapMicros: 101 } }],
    ['limits.spendCapMicros', { models: ['m'] }],
    ['model', { models: ['other'] }],
  ])('or is told that %s goes too far', async (field, changes) => {
    const { ask } = await edgeUnderTest({
      scopes: ['keys:write', 'jobs:read'],
      environment: 'test',
      models: ['m'],
      limits: { spendCapMicros: 100 },
    });
    const body = { name: 'a', scopes: ['jobs:read'], environment: 'test', ...changes };
    const answer = await ask('/v1/keys', post(body));
    expect(await answer.json()).toMatchObject({ status: 403, code: 'forbidden', details: { field } });
  });

  test('so that it replaces no key that may do more, and does not change one', async () => {
    const { ask, deps, project } = await edgeUnderTest({ scopes: ['keys:write'] });
    const stronger = await storeKey(deps, project);
    expect((await ask(`/v1/keys/${stronger.id}/reroll`, post({}))).status).toBe(403);
    const change = { method: 'PATCH', body: '{"isDisabled":false}' };
    expect((await ask(`/v1/keys/${stronger.id}`, change)).status).toBe(403);
  });

  test('and cannot raise its own cap', async () => {
    const { ask, key } = await edgeUnderTest({ limits: { spendCapMicros: 100 } });
    const answer = await ask(`/v1/keys/${key.id}`, { method: 'PATCH', body: '{"limits":{}}' });
    expect(answer.status).toBe(403);
  });
});

test.each(routes('000000000000'))('%s %s wants a key, and its scope', async (method, path) => {
  const { app, ask } = await edgeUnderTest({ scopes: ['jobs:read'] });
  expect((await app.request(path, { method })).status).toBe(401);
  expect((await ask(path, { method })).status).toBe(403);
});
