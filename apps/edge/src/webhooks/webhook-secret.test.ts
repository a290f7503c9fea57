import { describe, expect, test } from 'vitest';
import { makeSecret, rotateSecrets, secretBytes, secretsInForce } from './webhook-secret.ts';

const dayMs = 24 * 60 * 60 * 1000;
const secretOf = (byte: number) => makeSecret(new Uint8Array(32).fill(byte));

describe('a secret', () => {
  test('is its prefix and standard base64 of its bytes', () => {
    const { text, endsAtMs } = secretOf(255);
    expect(text).toBe(`whsec_${'/'.repeat(42)}8=`);
    expect(endsAtMs).toBeNull();
    expect(secretBytes(text)).toEqual(new Uint8Array(32).fill(255));
  });
});

describe('rotateSecrets', () => {
  test('lets the replaced secret sign for a day beside the new one', () => {
    const secrets = rotateSecrets([secretOf(1)], secretOf(2), 1000);
    expect(secrets).toEqual([secretOf(2), { ...secretOf(1), endsAtMs: 1000 + dayMs }]);
    expect(secretsInForce(secrets, 999 + dayMs)).toHaveLength(2);
    expect(secretsInForce(secrets, 1000 + dayMs)).toEqual([secretOf(2)]);
  });

  test('gives no replaced secret more time, and keeps none whose time is over', () => {
    const once = rotateSecrets([secretOf(1)], secretOf(2), 0);
    const twice = rotateSecrets(once, secretOf(3), 10);
    expect(twice.map(({ endsAtMs }) => endsAtMs)).toEqual([null, 10 + dayMs, dayMs]);
    expect(rotateSecrets(twice, secretOf(4), dayMs)).toHaveLength(3);
  });

  test('keeps few, however often it is asked', () => {
    let secrets = [secretOf(0)];
    for (let i = 1; i < 10; i++) secrets = rotateSecrets(secrets, secretOf(i), i);
    expect(secrets).toHaveLength(4);
    expect(secrets[0]).toEqual(secretOf(9));
  });
});
