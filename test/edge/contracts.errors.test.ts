import { describe, expect, test } from 'vitest';
import { edgeUnderTest } from './edge-app.ts';

const kinds = ['edit', 'generate', 'img2img', 'inpaint', 'segment', 'detect', 'caption', 'similarity'];

describe('GET /v1/contracts/:kind of an unknown kind', () => {
  test('names the kinds that there are', async () => {
    const response = await (await edgeUnderTest()).app.request('/v1/contracts/paint', {
      headers: { 'x-request-id': 'r1' },
    });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      type: 'urn:darkroom:problem:not_found',
      title: 'There is no such resource',
      status: 404,
      detail: `kind: expected one of ${kinds.join(', ')}, got paint`,
      code: 'not_found',
      requestId: 'r1',
      retryable: false,
      details: { field: 'kind', known: kinds },
    });
  });

  test.each(['constructor', '__proto__', 'toString', 'Edit', '%E0%A4', '%3Cscript%3E'])(
    'does not take %s for a kind',
    async (kind) => {
      const { app, failures } = await edgeUnderTest();
      const response = await app.request(`/v1/contracts/${kind}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'not_found', details: { known: kinds } });
      expect(failures).toEqual([]);
    },
  );

  test('is not kept by caches', async () => {
    const response = await (await edgeUnderTest()).app.request('/v1/contracts/paint');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('etag')).toBeNull();
  });
});
