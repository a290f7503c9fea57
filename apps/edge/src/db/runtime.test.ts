import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';

test('tests of the edge run in the Workers runtime, beside a D1 database', async () => {
  expect(navigator.userAgent).toBe('Cloudflare-Workers');
  expect(await env.DB.prepare('SELECT 1 AS one').first()).toEqual({ one: 1 });
});
