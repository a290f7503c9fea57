import { randomBytes } from 'node:crypto';
import { type EdgeEnv, parseVars } from '@darkroom/edge/env';
import { PoolKey } from '@darkroom/gpu-worker/link/pool-token';
import { expect, it } from 'vitest';
import { edgeVars, envText, localPool } from './edge-vars.ts';
import { makeSecrets } from './local-secrets.ts';

it('tells the edge all that it requires, and of the worker’s key the public side alone', () => {
  const secrets = makeSecrets(randomBytes);
  PoolKey.parse(secrets.workerKey);
  const vars = edgeVars(secrets, 'http://127.0.0.1:8787');
  const parsed = parseVars(vars as unknown as EdgeEnv);
  expect(parsed.WORKER_KEYS[localPool]).toMatchObject([{ x: secrets.workerKey.x }]);
  expect(JSON.stringify(vars)).not.toContain(secrets.workerKey.d);
});

it('writes values as they are, and refuses those that a line cannot hold', () => {
  expect(envText({ A: '{"b":1}', C: 'd' })).toBe(`A='{"b":1}'\nC='d'\n`);
  for (const value of ["it's", 'a\nB=c', '$HOME', 'a\\n'])
    expect(() => envText({ A: value })).toThrow(TypeError);
});
