import { Hono } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import { expect, test } from 'vitest';
import { testKey } from '../auth/key-fixtures.ts';
import { requestId } from './request-id.ts';

async function idFor(sent: string | undefined): Promise<string> {
  const app = new Hono<{ Variables: RequestIdVariables }>();
  app.use(requestId(() => 'new'));
  app.get('/', (c) => c.text(c.get('requestId')));
  const answer = await app.request('/', { headers: sent === undefined ? {} : { 'x-request-id': sent } });
  const id = answer.headers.get('x-request-id') ?? '';
  expect(await answer.text()).toBe(id);
  return id;
}

test.each(['client-7', 'A_b-9', 'x'.repeat(128)])('a client’s own id is kept: %s', async (sent) => {
  expect(await idFor(sent)).toBe(sent);
});

test.each([
  ['absent', undefined],
  ['empty', ''],
  ['longer than a worker takes', 'x'.repeat(129)],
  ['of other characters', 'a=b'],
  ['a key', testKey(1).text],
  ['a part of a key', testKey(1, 'test').text.slice(0, 30)],
  ['a webhook’s secret', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
])('a new id stands for one that is %s', async (_case, sent) => {
  expect(await idFor(sent)).toBe('new');
});
