import { AppError } from '@darkroom/shared/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorFields, jsonLog, logWith } from './log.ts';

function written(say: (log: ReturnType<typeof jsonLog>) => void): unknown[] {
  const lines: string[] = [];
  say(
    jsonLog(
      (line) => lines.push(line),
      () => 0,
    ),
  );
  return lines.map((line) => JSON.parse(line));
}

it('writes one JSON object a line, with what it is about', () => {
  const lines = written((log) => {
    log('info', 'started');
    logWith(log, { job: 'job_1' })('warn', 'slow', { stepMs: 7 });
  });
  expect(lines).toEqual([
    { at: '1970-01-01T00:00:00.000Z', level: 'info', message: 'started' },
    { at: '1970-01-01T00:00:00.000Z', level: 'warn', message: 'slow', job: 'job_1', stepMs: 7 },
  ]);
});

it('tells an error whole, with the foreign one behind it', () => {
  const error = new AppError('unavailable', { message: 'no answer', cause: new Error('ECONNREFUSED') });
  expect(errorFields(error)).toMatchObject({
    error: 'AppError: no answer',
    code: 'unavailable',
    cause: { error: 'Error: ECONNREFUSED', stack: expect.stringContaining('log.test.ts') },
  });
});

it.each([
  ['http://store.example/in/a.png?X-Amz-Signature=5ec2e7&x=1', 'http://store.example/in/a.png?…'],
  ['fetch of "wss://pool.example/link?token=5ec2e7" failed', 'fetch of "wss://pool.example/link?…" failed'],
  ['PUT /out/1.png?X-Amz-Credential=5ec2e7%2Fa&n=1', 'PUT /out/1.png?X-Amz-Credential=…&n=1'],
  ['http://user:5ec2e7@collector.example/v1', 'http://…@collector.example/v1'],
  ['key dk_live_5ec2e7_abcdef', 'key dk_live_…'],
  ['key xdk_test_5ec2e7', 'key xdk_test_…'],
  ['secret whsec_5ec2e7/a+b=', 'secret whsec_…'],
  ['Authorization: Bearer 5ec2e7.abc', 'Authorization: Bearer …'],
  ['Authorization: Basic 5ec2e7==', 'Authorization: Basic …'],
  ['token eyJhbGciOiJFZERTQSJ9.5ec2e7.5ec2e7', 'token eyJ…'],
  ['token ek_eyJhbGciOiJFZERTQSJ9.5ec2e7.5ec2e7', 'token ek_eyJ…'],
  ['token eyJhbGciOiJFZERTQSJ9.5ec2e7', 'token eyJ…'],
])('keeps secrets out: %s', (text, kept) => {
  const [line] = written((log) => log('error', text, errorFields(new Error(text))));
  expect(line).toMatchObject({ message: kept });
  expect(JSON.stringify(line)).not.toContain('5ec2e7');
});

describe('the worker’s key', () => {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d: '5ec2e7'.repeat(7) };
  const encoded = Buffer.from(JSON.stringify(jwk)).toString('base64url');

  it.each([
    ['as it is given', encoded],
    ['cut short', encoded.slice(0, 60)],
    ['as JSON', JSON.stringify(jwk)],
    ['as JSON in JSON', JSON.stringify({ key: JSON.stringify(jwk) })],
    ['as a field', jwk],
  ])('is in no line: %s', (_, key) => {
    const fields = { key, ...errorFields(new Error(String(key), { cause: new Error(String(key)) })) };
    const text = JSON.stringify(written((log) => log('error', `got ${String(key)}`, fields)));
    expect(text).not.toContain('5ec2e7');
    expect(text).not.toContain(encoded.slice(20, 50));
  });
});

it('leaves what is no secret as it is', () => {
  const text = 'darkroom/edit, basic, bearer, https://hub.example/a/b, {"id":"d"}, week_one, keyJ';
  expect(written((log) => log('info', text))).toMatchObject([{ message: text }]);
});

it('leaves a line JSON whatever secrets stand in it, and none of them whole', () => {
  const secret = fc.constantFrom(
    'dk_live_0123456789ab_5ec2e7',
    'ek_eyJhbGciOiJIUzI1NiJ9.5ec2e7.5ec2e7',
    'whsec_5ec2e7',
    'https://store.example/a?X-Amz-Signature=5ec2e7',
    'Bearer 5ec2e7',
    '{"d":"5ec2e7"}',
  );
  // What else stands there may be anything but the secret itself, which has no digits of others.
  const other = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('5ec2e7'));
  const separator = fc.constantFrom(' ', '"', '\n', ', ', "'");
  const texts = fc.array(fc.tuple(fc.oneof(secret, other), separator), { maxLength: 8 });
  fc.assert(
    fc.property(texts, (parts) => {
      const text = parts.flat().join('');
      const lines = written((log) => log('warn', text, { nested: { text, list: [text] } }));
      expect(lines).toHaveLength(1);
      expect(JSON.stringify(lines)).not.toContain('5ec2e7');
    }),
  );
});
