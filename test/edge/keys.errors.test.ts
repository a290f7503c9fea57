import { describe, expect, test } from 'vitest';
import { edgeUnderTest } from './edge-app.ts';

const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

test.each([
  ['no name', { scopes: ['jobs:read'] }],
  ['no scope', { name: 'a', scopes: [] }],
  ['an unknown scope', { name: 'a', scopes: ['everything'] }],
  ['an end that is over', { name: 'a', scopes: ['jobs:read'], expiresAt: '2020-01-01T00:00:00Z' }],
  ['an unknown field', { name: 'a', scopes: ['jobs:read'], admin: true }],
])('a key with %s is refused', async (_case, body) => {
  const { ask } = await edgeUnderTest();
  const answer = await ask('/v1/keys', post(body));
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: 'invalid_request' });
});

test('a body that is no JSON is refused', async () => {
  const { ask } = await edgeUnderTest();
  const answer = await ask('/v1/keys', { method: 'POST', body: '{' });
  expect(await answer.json()).toMatchObject({ code: 'invalid_request', detail: 'body: expected JSON' });
});

describe('a key that was replaced', () => {
  test('is not replaced again, even at the same moment', async () => {
    const { ask, key } = await edgeUnderTest();
    const reroll = () => ask(`/v1/keys/${key.id}/reroll`, post({ overlapSeconds: 60 }));
    const statuses = (await Promise.all([reroll(), reroll()])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([201, 409]);
    const { keys } = (await (await ask('/v1/keys')).json()) as { keys: unknown[] };
    expect(keys).toHaveLength(2);
  });
});

test('a revoked key is not changed any more', async () => {
  const { ask } = await edgeUnderTest();
  const made = (await (await ask('/v1/keys', post({ name: 'a', scopes: ['jobs:read'] }))).json()) as {
    id: string;
  };
  await ask(`/v1/keys/${made.id}`, { method: 'DELETE' });
  const answer = await ask(`/v1/keys/${made.id}`, { method: 'PATCH', body: '{"name":"b"}' });
  expect(await answer.json()).toMatchObject({ code: 'conflict' });
});
