import { describe, expect, test } from 'vitest';
import { signedHeaders } from './sign.ts';

const message = {
  id: 'delivery_01hf7yat00041061050r3gg28a',
  sentAtMs: 1_700_000_000_999,
  body: '{"type":"webhook.test","text":"Grüße"}',
};
/** Computed by another implementation of HMAC-SHA-256, over `id.timestamp.body` in UTF-8. */
const counting = {
  secret: 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  signature: 'v1,ZMzCJzxX/R5A5MUhtJViqemuSn4EfBbS14oEsLro/2g=',
};
const ones = {
  secret: 'whsec_//////////////////////////////////////////8=',
  signature: 'v1,9z2eLM8ziIF3nf5Ae5dPJQyRrX/xIXthShoFZXD3G9I=',
};

/** Checks a signature as a receiver does, from the headers and the body alone. */
async function isSigned(headers: Readonly<Record<string, string>>, body: string): Promise<boolean> {
  const bytes = Uint8Array.from(atob(counting.secret.slice(6)), (character) => character.charCodeAt(0));
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify']);
  const text = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const signature = Uint8Array.from(atob(headers['webhook-signature']!.slice(3)), (c) => c.charCodeAt(0));
  return await crypto.subtle.verify('HMAC', key, signature, new TextEncoder().encode(text));
}

describe('signedHeaders', () => {
  test.each([counting, ones])('signs as the standard says with $secret', async ({ secret, signature }) => {
    expect(await signedHeaders(message, [secret])).toEqual({
      'webhook-id': message.id,
      'webhook-timestamp': '1700000000',
      'webhook-signature': signature,
    });
  });

  test('signs with every secret in force, the newest first', async () => {
    const headers = await signedHeaders(message, [ones.secret, counting.secret]);
    expect(headers['webhook-signature']).toBe(`${ones.signature} ${counting.signature}`);
  });

  test('gives what a receiver can check, and nothing else passes', async () => {
    const headers = await signedHeaders(message, [counting.secret]);
    expect(await isSigned(headers, message.body)).toBe(true);
    expect(await isSigned(headers, `${message.body} `)).toBe(false);
    expect(await isSigned({ ...headers, 'webhook-timestamp': '1700000001' }, message.body)).toBe(false);
    expect(await isSigned({ ...headers, 'webhook-id': 'delivery_other' }, message.body)).toBe(false);
  });
});
