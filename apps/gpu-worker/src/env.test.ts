import { expect, it } from 'vitest';
import { envHelp, parseEnv, WorkerEnv } from './env.ts';

const key = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d: 'B'.repeat(43) };
const encoded = Buffer.from(JSON.stringify(key)).toString('base64url');
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

it('explains every variable', () => {
  const help = envHelp();
  for (const name of Object.keys(WorkerEnv.shape))
    expect(help).toMatch(new RegExp(`^  ${name} +[A-Z].*\\.$`, 'm'));
});
