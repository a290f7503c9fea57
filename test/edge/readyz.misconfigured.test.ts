import { createExecutionContext } from 'cloudflare:test';
import worker from '@darkroom/edge/index';
import { expect, test } from 'vitest';
import { testEnv } from './edge-app.ts';

test('an edge with a wrong environment says so on every route, and shows none of it', async () => {
  const env = { ...testEnv, KEY_PEPPER: '1:short-and-secret' };
  for (const path of ['/healthz', '/v1/keys', '/nothing']) {
    const response = await worker.fetch(new Request(`http://edge${path}`), env, createExecutionContext());
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ status: 500, code: 'misconfigured' });
    expect(text).not.toMatch(/short|PEPPER/);
  }
});
