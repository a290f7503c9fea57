import { describe, expect, test } from 'vitest';
import { testKey } from '../auth/key-fixtures.ts';
import { appUnderTest } from './edge-fixtures.ts';
import { refuseKeyInUrl } from './refuse-key-in-url.ts';

const { text } = testKey(1);

function ask(path: string) {
  const { app } = appUnderTest();
  app.use(refuseKeyInUrl());
  app.get('*', (c) => c.text('done'));
  return app.request(path);
}

describe('refuseKeyInUrl', () => {
  test.each([
    ['in the query', `/v1/jobs?key=${text}`],
    ['in the path', `/v1/${text}`],
    ['coded', `/v1/jobs?key=${text.replaceAll('_', '%5F')}`],
    ['coded in part', `/?a=%64k%5flive_${text.slice(8)}`],
    ['coded twice', `/?next=${encodeURIComponent(`/v1/jobs?key=${text.replaceAll('_', '%5F')}`)}`],
    ['as a webhook’s secret', '/?secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['cut short', `/?key=${text.slice(0, 30)}`],
    ['as a token', '/?fal_jwt_token=ek_eyJhbGciOiJIUzI1NiJ9.e30.x'],
  ])('refuses a key %s without repeating it', async (_case, path) => {
    const response = await ask(path);
    expect(response.status).toBe(400);
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({ code: 'invalid_request' });
    expect(body).not.toContain(text.slice(8, 20));
  });

  test('lets other addresses pass, broken ones too', async () => {
    for (const path of ['/v1/jobs?limit=5', '/?q=%E0%A4', '/?q=100%', '/week_one'])
      expect((await ask(path)).status).toBe(200);
  });
});
