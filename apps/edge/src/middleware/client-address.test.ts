import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';

const app = new Hono().get('/', (c) => c.text(clientAddress(c)));

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:0:2:3:4:5:6', '2001:db8:0:2::/64'],
  ['2001:0DB8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
])('%s is counted as %s', async (address, counted) => {
  const response = await app.request('/', { headers: { 'cf-connecting-ip': address } });
  expect(await response.text()).toBe(counted);
});

test('without Cloudflare in front all are one', async () => {
  const response = await app.request('/', { headers: { 'x-forwarded-for': '192.0.2.1' } });
  expect(await response.text()).toBe('unknown');
});
