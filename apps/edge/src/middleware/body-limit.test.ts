import { describe, expect, test } from 'vitest';
import { limitBody } from './body-limit.ts';
import { appUnderTest } from './edge-fixtures.ts';

function edge() {
  const { app } = appUnderTest();
  app.use(limitBody(10));
  app.post('/', async (c) => c.text(await c.req.text()));
  return (body: BodyInit, headers: Record<string, string> = {}) =>
    app.request('/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
}

/** A body without a declared length, in pieces. */
function stream(...pieces: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
}

describe('limitBody', () => {
  test('lets a body of the limit pass whole', async () => {
    expect(await (await edge()('0123456789', { 'content-length': '10' })).text()).toBe('0123456789');
    expect(await (await edge()(stream('01234', '56789'))).text()).toBe('0123456789');
  });

  test.each([
    ['declared', 'x', { 'content-length': '11' }],
    ['counted', stream('01234', '567890'), {}],
    [
      'declared small beside a coding that declares nothing',
      stream('01234567890'),
      {
        'content-length': '1',
        'transfer-encoding': 'chunked',
      },
    ],
  ] as const)('refuses a larger body: %s', async (_case, body, headers) => {
    const response = await edge()(body, headers);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      code: 'request_too_large',
      detail: 'body: expected at most 10 bytes',
      details: { field: 'body', maxBytes: 10 },
    });
  });
});
