import { env } from 'cloudflare:workers';
import type { R2Bucket } from '@cloudflare/workers-types';
import { describe, expect, test } from 'vitest';
import { createImageStore } from './r2-images.ts';

const nowMs = Date.UTC(2026, 10, 25, 12, 30, 15, 678);
const vars = {
  S3_ENDPOINT: 'https://store.example/pictures',
  S3_ACCESS_KEY_ID: 'id',
  S3_SECRET_ACCESS_KEY: 'secret',
};
const bucket = (env as unknown as { readonly IMAGES: R2Bucket }).IMAGES;
const images = createImageStore(bucket, vars, { nowMs: () => nowMs });

const bytes = (text: string) => new TextEncoder().encode(text).buffer;
const sha256 = async (text: string) =>
  Buffer.from(await crypto.subtle.digest('SHA-256', bytes(text))).toString('hex');
const textOf = async (key: string) => {
  const stream = await images.read(key);
  return stream && (await new Response(stream).text());
};
const signatureOf = (address: { readonly url: string }) =>
  new URL(address.url).searchParams.get('X-Amz-Signature');

describe('objects', () => {
  test('are put, found, read and replaced', async () => {
    await images.put('a/1', bytes('one'), 'image/png');
    expect(await images.head('a/1')).toEqual({ key: 'a/1', sizeBytes: 3, mime: 'image/png' });
    await images.put('a/1', bytes('three'), 'image/webp');
    expect(await images.head('a/1')).toEqual({ key: 'a/1', sizeBytes: 5, mime: 'image/webp' });
    expect(await textOf('a/1')).toBe('three');
  });

  test('that do not exist are undefined, and deleting them is no failure', async () => {
    expect(await images.head('none')).toBeUndefined();
    expect(await images.read('none')).toBeUndefined();
    await images.delete(['none']);
    await images.delete([]);
  });

  test('are listed by the beginning of their keys', async () => {
    for (const key of ['l/1', 'l/2', 'm/1']) await images.put(key, bytes('x'), 'image/png');
    expect(await images.list('l/')).toEqual(['l/1', 'l/2']);
    await images.delete(['l/1', 'l/2']);
    expect(await images.list('l/')).toEqual([]);
    expect(await images.list('m/')).toEqual(['m/1']);
  });

  test('are deleted however many they are', async () => {
    const keys = Array.from({ length: 1001 }, (_, n) => `many/${n}`);
    await images.put('many/1000', bytes('x'), 'image/png');
    await images.delete(keys);
    expect(await images.head('many/1000')).toBeUndefined();
  });
});

describe('copy', () => {
  test('copies bytes of the digest that was named', async () => {
    await images.put('c/from', bytes('picture'), 'image/png');
    const options = { mime: 'image/avif', sha256: await sha256('picture') } as const;
    expect(await images.copy('c/from', 'c/to', options)).toBe(true);
    expect(await images.head('c/to')).toEqual({ key: 'c/to', sizeBytes: 7, mime: 'image/avif' });
    expect(await textOf('c/to')).toBe('picture');
  });

  test('leaves what it should replace when the bytes are others', async () => {
    await images.put('c/swapped', bytes('another'), 'image/png');
    await images.put('c/kept', bytes('picture'), 'image/png');
    const options = { mime: 'image/png', sha256: await sha256('picture') } as const;
    expect(await images.copy('c/swapped', 'c/kept', options)).toBe(false);
    expect(await textOf('c/kept')).toBe('picture');
    expect(await images.copy('c/none', 'c/kept', options)).toBe(false);
  });
});

describe('signed addresses', () => {
  test('name the key, the method’s headers and their end', async () => {
    const { url, expiresAtMs } = await images.signPut('p/x/a/y', {
      mime: 'image/png',
      sizeBytes: 12,
      ttlSeconds: 600,
    });
    expect(expiresAtMs).toBe(Date.UTC(2026, 10, 25, 12, 40, 15));
    const { origin, pathname, searchParams } = new URL(url);
    expect(origin + pathname).toBe('https://store.example/pictures/p/x/a/y');
    const { 'X-Amz-Signature': signature, ...query } = Object.fromEntries(searchParams);
    expect(signature).toMatch(/^[0-9a-f]{64}$/);
    expect(query).toEqual({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'id/20261125/auto/s3/aws4_request',
      'X-Amz-Date': '20261125T123015Z',
      'X-Amz-Expires': '600',
      'X-Amz-SignedHeaders': 'content-length;content-type;host',
    });
  });

  test('bind key, method, type, length and life: each changes the signature', async () => {
    const put = { mime: 'image/png', sizeBytes: 12, ttlSeconds: 600 };
    const addresses = await Promise.all([
      images.signPut('a', put),
      images.signPut('b', put),
      images.signPut('a', { ...put, mime: 'image/jpeg' }),
      images.signPut('a', { ...put, sizeBytes: 13 }),
      images.signPut('a', { ...put, ttlSeconds: 601 }),
      images.signPut('a', { mime: 'image/png', ttlSeconds: 600 }),
      images.signGet('a', 600),
    ]);
    expect(new Set(addresses.map(signatureOf)).size).toBe(addresses.length);
    expect(signatureOf(await images.signPut('a', put))).toBe(signatureOf(addresses[0]));
  });

  test('never show the secret', async () => {
    expect((await images.signGet('a', 60)).url).not.toContain(vars.S3_SECRET_ACCESS_KEY);
  });

  test.each([
    '',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    '../a',
    'a/../b',
    'a/.',
    'a/..',
    'a%2e',
    'a?b',
    'a#b',
    'a b',
    'a+b',
    'a\\b',
    'ä',
    'a\n',
    'a'.repeat(513),
  ])('are refused to the key %j, which addresses could mean otherwise', async (key) => {
    await expect(images.signGet(key, 60)).rejects.toThrow(TypeError);
  });

  test.each([0, -1, 1.5, Number.NaN, 604_801])('are refused a life of %d seconds', async (ttlSeconds) => {
    await expect(images.signGet('a', ttlSeconds)).rejects.toThrow(TypeError);
  });
});
