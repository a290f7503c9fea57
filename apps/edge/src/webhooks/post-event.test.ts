import { describe, expect, test } from 'vitest';
import { postEvent } from './post-event.ts';

const post = { url: 'https://hooks.example.com/a', headers: { 'webhook-id': 'delivery_1' }, body: '{"a":1}' };
const answering = (answer: () => Response | Promise<Response>) =>
  postEvent(post, { fetch: async () => await answer(), timeoutMs: 15_000 });

/** A receiver that never says anything, or never ends, until it is given up. */
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('postEvent', () => {
  test('posts the signed body, and follows nobody elsewhere', async () => {
    const sent: Request[] = [];
    const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
      sent.push(new Request(input, init));
      return new Response(null, { status: 204 });
    };
    const outcome = await postEvent(post, { fetch, timeoutMs: 15_000 });
    expect(outcome).toEqual({ status: 204, error: null });
    const [request] = sent;
    expect([request?.method, request?.url, request?.redirect]).toEqual(['POST', post.url, 'manual']);
    expect(request?.headers.get('webhook-id')).toBe('delivery_1');
    expect(request?.headers.get('content-type')).toBe('application/json');
    expect(await request?.text()).toBe(post.body);
  });

  test.each([200, 201, 202, 204, 299])('counts %i as taken', async (status) => {
    const outcome = await answering(() => new Response(null, { status }));
    expect(outcome).toEqual({ status, error: null });
  });

  test.each([301, 302, 307, 308, 400, 404, 410, 429, 500, 503])('counts %i as a failure', async (status) => {
    const headers = { location: 'https://elsewhere.example.com/' };
    const outcome = await answering(() => new Response('no', { status, headers }));
    expect(outcome).toEqual({ status, error: `expected a 2xx answer, got ${status}: no` });
  });

  test('keeps the beginning of what refuses, and reads no further', async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new TextEncoder().encode('x'.repeat(300)));
      },
    });
    const { error } = await answering(() => new Response(endless, { status: 500 }));
    expect(error).toBe(`expected a 2xx answer, got 500: ${'x'.repeat(1024)}`);
    expect(pulled).toBeLessThan(10);
  });

  test('lets no answer forge lines of the log', async () => {
    const { error } = await answering(() => new Response('a\r\n2026 delivered\u0000', { status: 500 }));
    expect(error).toBe('expected a 2xx answer, got 500: a 2026 delivered');
  });

  test('gives up on who does not answer', async () => {
    const fetch: typeof globalThis.fetch = (_input, init) => untilAborted(init?.signal as AbortSignal);
    const outcome = await postEvent(post, { fetch, timeoutMs: 20 });
    expect(outcome).toEqual({ status: null, error: 'no answer within 20 ms' });
  });

  test('does not wait for the rest of a refusal that never ends', async () => {
    const fetch: typeof globalThis.fetch = async (_input, init) => {
      const pull = () => untilAborted(init?.signal as AbortSignal);
      return new Response(new ReadableStream({ pull }), { status: 500 });
    };
    const outcome = await postEvent(post, { fetch, timeoutMs: 20 });
    expect(outcome).toEqual({ status: 500, error: 'expected a 2xx answer, got 500' });
  });

  test('tells nothing of what lies behind a name that cannot be reached', async () => {
    const outcome = await answering(() => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:443')));
    expect(outcome).toEqual({ status: null, error: 'the address could not be reached' });
  });
});
