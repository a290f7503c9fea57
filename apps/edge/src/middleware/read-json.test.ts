import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { appUnderTest } from './edge-fixtures.ts';
import { maxJsonBytes, readJson } from './read-json.ts';

const Pair = z.strictObject({ a: z.string().default('none') });

async function answerTo(body: BodyInit, headers: Record<string, string> = {}) {
  const { app, failures } = appUnderTest();
  app.post('/', async (c) => c.json(await readJson(c.req, Pair)));
  const init = { method: 'POST', body, headers, duplex: 'half' } as RequestInit;
  const response = await app.request('/', init);
  return { status: response.status, answer: await response.json(), failures };
}

/** A body of many bytes without a declared length. */
function endless(bytes: number): ReadableStream<Uint8Array> {
  return new Blob([`{"a":"${'x'.repeat(bytes)}"}`]).stream();
}

describe('readJson', () => {
  test('reads what the contract says, and takes no body for an empty object', async () => {
    expect(await answerTo('{"a":"b"}')).toMatchObject({ status: 200, answer: { a: 'b' } });
    expect(await answerTo('')).toMatchObject({ status: 200, answer: { a: 'none' } });
  });

  test.each(['{"a":', 'a=b', '\u0000', '{"a":1}', '{"b":"c"}', '[]', 'null'])(
    'refuses %j as the client’s fault',
    async (body) => {
      const { status, answer, failures } = await answerTo(body);
      expect([status, answer]).toMatchObject([400, { code: 'invalid_request' }]);
      expect(failures).toEqual([]);
    },
  );

  test.each([
    ['declared', '{}', { 'content-length': String(maxJsonBytes + 1) }],
    ['found', endless(maxJsonBytes), {}],
  ] as const)('refuses more than any contract takes: %s', async (_case, body, headers) => {
    const { status, answer } = await answerTo(body, headers);
    expect([status, answer]).toMatchObject([
      413,
      { code: 'request_too_large', details: { field: 'body', maxBytes: maxJsonBytes } },
    ]);
  });
});
