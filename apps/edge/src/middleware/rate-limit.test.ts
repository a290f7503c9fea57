import { describe, expect, test } from 'vitest';
import { recordOf, startMs, testKey } from '../auth/key-fixtures.ts';
import { clientPrincipal, keyPrincipal, type Principal } from '../auth/principal.ts';
import type { AuthVariables } from './authenticate.ts';
import { appUnderTest, MemoryRateCounter } from './edge-fixtures.ts';
import { rateLimit } from './rate-limit.ts';

const limits = { requestsPerMinute: 2, concurrency: 1, spendCapMicros: null };
const record = await recordOf(testKey(1), { limits });
const key = keyPrincipal(record);

function edge() {
  const clock = { nowMs: startMs };
  const rateCounter = new MemoryRateCounter(() => clock.nowMs);
  const caller: { principal: Principal } = { principal: key };
  const { app } = appUnderTest<AuthVariables>();
  app.use(async (c, next) => {
    c.set('principal', caller.principal);
    await next();
  });
  app.use(rateLimit({ rateCounter }));
  app.get('/', (c) => c.text('done'));
  app.get('/raw', () => new Response('done'));
  app.get('/fails', () => {
    throw new TypeError('deep');
  });
  return { ask: (path = '/') => app.request(path), clock, rateCounter, caller };
}

describe('rateLimit', () => {
  test.each(['/', '/raw', '/fails'])('tells on every answer how many requests are left: %s', async (path) => {
    const { headers } = await edge().ask(path);
    expect(Object.fromEntries([...headers].filter(([name]) => name.includes('ratelimit')))).toEqual({
      'ratelimit-policy': '"default";q=2;w=60',
      ratelimit: '"default";r=1;t=30',
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': '30s',
      'ratelimit-remaining': '1',
      'ratelimit-reset': '30',
    });
  });

  test('refuses one request too many and says when to come back', async () => {
    const { ask, clock } = edge();
    await ask();
    await ask();
    const response = await ask();
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('30');
    expect(response.headers.get('x-should-retry')).toBeNull();
    expect(response.headers.get('ratelimit')).toBe('"default";r=0;t=30');
    expect(response.headers.get('ratelimit-reset')).toBe('30');
    expect(await response.json()).toMatchObject({
      code: 'rate_limited',
      detail: 'expected at most 2 requests a minute',
      details: { policy: 'default', retryAfterSeconds: 30 },
    });
    clock.nowMs += 30_000;
    expect((await ask()).status).toBe(200);
  });

  test('counts a key, its successor and its tokens together, and other keys apart', async () => {
    const { ask, caller } = edge();
    await ask();
    caller.principal = { ...key, keyId: testKey(2).id };
    await ask();
    caller.principal = clientPrincipal(record, {
      assetId: 'asset_00000000000000000000000000',
      jobKind: 'edit',
    });
    expect((await ask()).status).toBe(429);
    caller.principal = { ...key, identityId: testKey(3).id };
    expect((await ask()).status).toBe(200);
  });

  test('lets nobody pass when requests cannot be counted', async () => {
    const { ask, rateCounter } = edge();
    rateCounter.isDown = true;
    const response = await ask();
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'dependency_unavailable' });
  });
});
