import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../crc32.ts';
import { apiKeyRandomBytes, makeApiKey, parseApiKey } from './api-key.ts';

const keys = fc
  .tuple(
    fc.constantFrom('live' as const, 'test' as const),
    fc.uint8Array({ minLength: apiKeyRandomBytes, maxLength: apiKeyRandomBytes }),
  )
  .map(([environment, random]) => makeApiKey(environment, random));
const characters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_- ';

describe('makeApiKey', () => {
  test('spells environment, id, secret and checksum', () => {
    const { text, id } = makeApiKey('test', new Uint8Array(apiKeyRandomBytes).fill(255));
    expect(text).toMatch(/^dk_test_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    expect(text.split('_')[2]).toBe(id);
  });

  test('keeps every one of the 256 bits of the secret', () => {
    const one = new Uint8Array(apiKeyRandomBytes);
    const texts = Array.from({ length: 256 }, (_, bit) => {
      const random = Uint8Array.from(one);
      random[apiKeyRandomBytes - 1 - (bit >> 3)] = 1 << (bit & 7);
      return makeApiKey('live', random).text;
    });
    expect(new Set(texts).size).toBe(256);
  });

  test('refuses another number of random bytes', () => {
    expect(() => makeApiKey('live', new Uint8Array(32))).toThrow(TypeError);
  });
});

describe('parseApiKey', () => {
  test('reads what makeApiKey wrote', () => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(parseApiKey(key.text)).toEqual(key);
      }),
    );
  });

  test('refuses a key with any one character changed', () => {
    const changed = fc.tuple(keys, fc.nat(), fc.constantFrom(...characters));
    fc.assert(
      fc.property(changed, ([{ text }, place, character]) => {
        const at = place % text.length;
        fc.pre(text[at] !== character);
        expect(parseApiKey(text.slice(0, at) + character + text.slice(at + 1))).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test('refuses a key with two neighbours swapped, one character lost or one doubled', () => {
    fc.assert(
      fc.property(keys, fc.nat(), ({ text }, place) => {
        const at = place % (text.length - 1);
        const [a = '', b = ''] = [text[at], text[at + 1]];
        if (a !== b) expect(parseApiKey(text.slice(0, at) + b + a + text.slice(at + 2))).toBeUndefined();
        expect(parseApiKey(text.slice(0, at) + text.slice(at + 1))).toBeUndefined();
        expect(parseApiKey(text.slice(0, at) + a + text.slice(at))).toBeUndefined();
      }),
    );
  });

  test.each(['', 'dk_live_', 'sk-abc', ' ', 'dk_prod_aaaaaaaaaaaa'])('refuses %j', (text) => {
    expect(parseApiKey(text)).toBeUndefined();
  });

  test('refuses a key with anything around it', () => {
    const { text } = makeApiKey('live', new Uint8Array(apiKeyRandomBytes));
    for (const around of [` ${text}`, `${text} `, `${text}\n`, `"${text}"`])
      expect(parseApiKey(around)).toBeUndefined();
  });
});

describe('crc32', () => {
  test('gives the check value of its standard', () => {
    expect(crc32('123456789')).toBe(0xcbf43926);
    expect(crc32('')).toBe(0);
  });
});
