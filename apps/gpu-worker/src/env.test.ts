import { expect, it } from 'vitest';
import { envHelp, parseEnv, WorkerEnv } from './env.ts';

const least = { POOL_URL: 'wss://pool.example/link', POOL_TOKEN: 'abc.def' };

it('needs an address and a token, and has a default for the rest', () => {
  expect(parseEnv({ ...least, SLOTS: '', WORKER_ID: 'gpu-1' })).toMatchObject({
    ...least,
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
    POOL_TOKEN: 'top secret',
    SLOTS: '0',
    METRICS_PORT: '80a',
    WORKER_ID: '../x',
  };
  expect(() => parseEnv(wrong)).toThrow(
    expect.objectContaining({
      code: 'misconfigured',
      message: expect.stringMatching(/POOL_URL: .*POOL_TOKEN: .*WORKER_ID: .*SLOTS: .*METRICS_PORT: /),
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
