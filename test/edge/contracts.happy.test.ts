import { requestContracts } from '@darkroom/shared/contracts/job-request';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { edgeUnderTest } from './edge-app.ts';

const path = '/v1/contracts/edit';

describe('GET /v1/contracts/:kind', () => {
  test.each(Object.entries(requestContracts))(
    'gives the JSON Schema of a request to %s',
    async (kind, contract) => {
      const response = await (await edgeUnderTest()).app.request(`/v1/contracts/${kind}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/schema+json');
      expect(await response.json()).toEqual(z.toJSONSchema(contract, { io: 'input' }));
    },
  );

  test('asks of a client only the fields that have no default', async () => {
    const response = await (await edgeUnderTest()).app.request(path);
    const schema = (await response.json()) as { required: string[]; additionalProperties: boolean };
    expect(schema.required.toSorted()).toEqual(['image', 'kind', 'prompt']);
    expect(schema.additionalProperties).toBe(false);
  });

  test('may be kept for a while and then asked for by its tag', async () => {
    const { app } = await edgeUnderTest();
    const first = await app.request(path);
    expect(first.headers.get('cache-control')).toBe('public, max-age=300');
    const headers = { 'if-none-match': first.headers.get('etag') ?? '', 'x-request-id': 'again' };
    const second = await app.request(path, { headers });
    expect(second.status).toBe(304);
    expect(await second.text()).toBe('');
    expect(second.headers.get('cache-control')).toBe('public, max-age=300');
    expect(second.headers.get('x-request-id')).toBe('again');
  });

  test('has another tag for another kind', async () => {
    const { app } = await edgeUnderTest();
    const first = await app.request(path);
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    const other = await app.request('/v1/contracts/generate', { headers });
    expect(other.status).toBe(200);
  });
});
