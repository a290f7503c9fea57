import { describe, expect, test } from 'vitest';
import { pepper } from './key-fixtures.ts';
import { createKeyHasher } from './key-hash.ts';

const hasher = createKeyHasher([pepper(2), pepper(1)]);

describe('createKeyHasher', () => {
  test('hashes with HMAC-SHA-256, as test case 6 of RFC 4231', async () => {
    const rfc = createKeyHasher([{ version: 7, secret: new Uint8Array(131).fill(0xaa) }]);
    expect(await rfc.hash('Test Using Larger Than Block-Size Key - Hash Key First')).toEqual({
      pepperVersion: 7,
      digest: '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    });
  });

  test('matches the text that was hashed and no other', async () => {
    const hash = await hasher.hash('a key');
    expect(await hasher.matches('a key', hash)).toBe(true);
    expect(await hasher.matches('a Key', hash)).toBe(false);
    expect(await hasher.matches('a key', { ...hash, digest: hash.digest.replace(/^./, 'g') })).toBe(false);
  });

  test('accepts hashes under the previous pepper, and says that they are not current', async () => {
    const old = await createKeyHasher([pepper(1)]).hash('a key');
    expect(await hasher.matches('a key', old)).toBe(true);
    expect(hasher.isCurrent(old)).toBe(false);
    expect(hasher.isCurrent(await hasher.hash('a key'))).toBe(true);
  });

  test('refuses hashes under a pepper that is gone, or under the wrong version', async () => {
    const gone = await createKeyHasher([pepper(3)]).hash('a key');
    expect(await hasher.matches('a key', gone)).toBe(false);
    const current = await hasher.hash('a key');
    expect(await hasher.matches('a key', { ...current, pepperVersion: 1 })).toBe(false);
  });

  test('matches nothing where there is no hash', async () => {
    expect(await hasher.matches('a key', undefined)).toBe(false);
  });

  test('refuses a short pepper and two of one version', () => {
    expect(() => createKeyHasher([{ version: 1, secret: new Uint8Array(16) }])).toThrow(TypeError);
    expect(() => createKeyHasher([pepper(1), { version: 0, secret: new Uint8Array(31) }])).toThrow(TypeError);
    expect(() => createKeyHasher([pepper(1), pepper(1)])).toThrow(TypeError);
  });
});
