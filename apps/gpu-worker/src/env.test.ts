import { generateKeyPairSync } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { expect, it } from 'vitest';
import { envHelp, parseEnv, WorkerEnv } from './env.ts';

const makeKey = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
const encode = (jwk: object) => Buffer.from(JSON.stringify(jwk)).toString('base64url');
const key = makeKey();
const encoded = encode(key);
const least = { POOL_URL: 'wss://pool.example/link', POOL_KEY: encoded };

it('needs an address and a key, and has a default for the rest', () => {
  expect(parseEnv({ ...least, SLOTS: '', WORKER_ID: 'gpu-1' })).toMatchObject({
    POOL_URL: least.POOL_URL,
    POOL_KEY: key,
    WORKER_ID: 'gpu-1',
    SLOTS: 1,
    PREVIEW_EVERY: 1,
    METRICS_HOST: '127.0.0.1',
    METRICS_PORT: 9464,
    BEAT_EVERY_MS: 5000,
  });
  expect(parseEnv({ ...least, THREADS: '3' }).THREADS).toBe(3);
  expect(parseEnv(least).THREADS).toBe(availableParallelism());
  expect(parseEnv(least).WORKER_ID).toMatch(/^[\w.-]{1,64}$/);
});

it('names every variable that is wrong, and shows no value', () => {
  const wrong = {
    POOL_URL: 'ftp://x',
    POOL_KEY: 'top secret',
    SLOTS: '0',
    METRICS_PORT: '80a',
    WORKER_ID: '../x',
  };
  expect(() => parseEnv(wrong)).toThrow(
    expect.objectContaining({
      code: 'misconfigured',
      message: expect.stringMatching(/POOL_URL: .*POOL_KEY: .*WORKER_ID: .*SLOTS: .*METRICS_PORT: /),
    }),
  );
  expect(() => parseEnv(wrong)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('secret') }),
  );
});

it('refuses a key that cannot sign', () => {
  const strange = { ...key, x: makeKey().x };
  for (const wrong of [strange, { ...key, d: 'B'.repeat(43) }, { ...key, d: undefined }]) {
    expect(() => parseEnv({ ...least, POOL_KEY: encode(wrong) })).toThrow(
      expect.objectContaining({ code: 'misconfigured', message: expect.stringMatching(/^POOL_KEY\b/) }),
    );
  }
});

it('explains every variable', () => {
  const help = envHelp();
  for (const name of Object.keys(WorkerEnv.shape))
    expect(help).toMatch(new RegExp(`^  ${name} +[A-Z].*\\.$`, 'm'));
});
