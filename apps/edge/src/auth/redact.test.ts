import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mintClientToken } from './client-token.ts';
import { signingKeys, startMs, testKey } from './key-fixtures.ts';
import { holdsKey, redactKeys } from './redact.ts';

const keyShaped = /dk_(live|test)_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}/;

describe('redactKeys', () => {
  test('leaves the id of a key and nothing of its secret', () => {
    const { id, text } = testKey(1);
    expect(redactKeys(`sent ${text}, twice`)).toBe(`sent dk_live_${id}_[redacted], twice`);
  });

  test('leaves no key-shaped string in any text, wherever the keys stand', () => {
    const key = fc.nat(255).map((number) => testKey(number, number % 2 ? 'live' : 'test').text);
    const pieces = fc.array(fc.oneof(key, fc.string(), fc.constantFrom('dk_', 'dk_live_', '_', '"')));
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = redactKeys(parts.join(''));
        expect(text).not.toMatch(keyShaped);
        for (const part of parts.filter((piece) => keyShaped.test(piece)))
          expect(text).not.toContain(part.split('_')[3]);
      }),
    );
  });

  test('hides keys that are cut or misspelt', () => {
    const { text } = testKey(2, 'test');
    for (const broken of [text.slice(0, 40), text.slice(0, -3), text.replace(/_(?=.{6}$)/, ''), `${text}z`]) {
      const secret = text.slice(22, 38);
      expect(redactKeys(broken)).not.toContain(secret);
    }
    expect(redactKeys('dk_live_oneverylongsecret')).toBe('dk_live_[redacted]');
  });

  test('hides client tokens', async () => {
    const claims = {
      keyId: testKey(1).id,
      assetId: 'asset_00000000000000000000000000',
      jobKind: 'edit' as const,
    };
    const token = await mintClientToken(claims, { keys: signingKeys, nowMs: startMs, ttlSeconds: 60 });
    expect(redactKeys(`Bearer ${token}!`)).toBe('Bearer ek_[redacted]!');
    expect(holdsKey(token)).toBe(true);
  });

  test('hides the secrets of webhooks, and the tokens of workers', () => {
    for (const secret of [
      'whsec_MfKQ9r8GKY/qrTwj+UPD8ILPZIo2LaLaSw==',
      'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ3In0.c2ln',
    ]) {
      const redacted = redactKeys(`{"a":"${secret}"}`);
      expect(redacted).toMatch(/^\{"a":"\w*\[redacted\]"\}$/);
      expect(redactKeys(JSON.stringify({ text: `\n${secret}\n` }))).not.toContain(secret.slice(6));
      expect(holdsKey(secret)).toBe(true);
    }
  });

  test('leaves other text alone', () => {
    const text = 'week_one dk_livestock_1 ek_ job_01 dk_ keyJ. cursor=eyJhIjoxfQ';
    expect(redactKeys(text)).toBe(text);
    expect(holdsKey(text)).toBe(false);
  });
});
