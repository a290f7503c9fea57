import { createExecutionContext } from 'cloudflare:test';
import worker from '@darkroom/edge/index';
import { describe, expect, test } from 'vitest';
import manifest from '../../apps/edge/package.json' with { type: 'json' };
import { edgeUnderTest, testEnv } from './edge-app.ts';

describe('GET /healthz', () => {
  test('says that the edge answers and which version it is', async () => {
    const response = await (await edgeUnderTest()).app.request('/healthz');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok', version: '1.2.3' });
  });

  test('is never answered from a cache', async () => {
    const response = await (await edgeUnderTest()).app.request('/healthz');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('the deployed Worker answers with the version of its package', async () => {
    const response = await worker.fetch(
      new Request('http://edge/healthz'),
      testEnv,
      createExecutionContext(),
    );
    expect(await response.json()).toEqual({ status: 'ok', version: manifest.version });
  });
});

describe('the id of a request', () => {
  test('is the one that the client sent', async () => {
    const headers = { 'x-request-id': 'client-7' };
    const response = await (await edgeUnderTest()).app.request('/healthz', { headers });
    expect(response.headers.get('x-request-id')).toBe('client-7');
  });

  test.each([
    ['absent', undefined],
    ['too long', 'a'.repeat(256)],
    ['of other characters', 'a<b>'],
  ])('is a new one when the client’s is %s', async (_case, sent) => {
    const { app } = await edgeUnderTest();
    const headers: Record<string, string> = sent === undefined ? {} : { 'x-request-id': sent };
    const [first, second] = [
      await app.request('/healthz', { headers }),
      await app.request('/healthz', { headers }),
    ].map((response) => response.headers.get('x-request-id'));
    expect(first).toMatch(/^[\da-f-]{36}$/);
    expect(second).toMatch(/^[\da-f-]{36}$/);
    expect(first).not.toBe(second);
  });
});
