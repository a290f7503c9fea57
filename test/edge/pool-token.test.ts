import type { WorkerKeys } from '@darkroom/edge/auth/worker-token';
import { onError } from '@darkroom/edge/middleware/on-error';
import { poolSocket } from '@darkroom/edge/routes/pool-socket';
import { PoolKey, signPoolToken } from '@darkroom/gpu-worker/link/pool-token';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { expect, test } from 'vitest';
import { namespace } from './pool-stage.ts';

const nowMs = Date.now();

interface Pair {
  readonly key: PoolKey;
  readonly known: JWK;
}

async function makePair(): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  return { key: PoolKey.parse(await exportJWK(privateKey)), known: await exportJWK(publicKey) };
}

const [ours, another] = [await makePair(), await makePair()];
const sign = (changes: Partial<Parameters<typeof signPoolToken>[0]> = {}) =>
  signPoolToken({ key: ours.key, pool: 'edit', workerId: 'w1', nowMs, ...changes });

/** How a pool that knows these keys answers a worker. */
async function knock(token: string, workerKeys: WorkerKeys): Promise<number> {
  const app = poolSocket({ namespace, workerKeys, nowMs: () => nowMs });
  app.onError(onError({ reportFailure: () => undefined }));
  const headers = { authorization: `Bearer ${token}`, upgrade: 'websocket' };
  return (await app.request('/edit/socket', { headers })).status;
}

test('a worker signs itself in', async () => {
  expect(await knock(await sign(), { edit: [ours.known] })).toBe(101);
});

test.each<[string, Parameters<typeof sign>[0]]>([
  ['that has expired', { nowMs: nowMs - 640_000 }],
  ['for another pool', { pool: 'train' }],
  ['by another key', { key: another.key }],
])('a token %s is refused', async (_case, changes) => {
  expect(await knock(await sign(changes), { edit: [ours.known], train: [another.known] })).toBe(401);
});

test('a token lets in while its key is known, and no longer when the key was replaced', async () => {
  const [before, after] = [await sign(), await sign({ key: another.key })];
  const both = { edit: [another.known, ours.known] };
  expect([await knock(before, both), await knock(after, both)]).toEqual([101, 101]);
  const rotated = { edit: [another.known] };
  expect([await knock(before, rotated), await knock(after, rotated)]).toEqual([401, 101]);
});

test('a private key whose public half is another’s is refused before it signs anything', () => {
  const mixed = { ...ours.key, x: another.key.x };
  expect(PoolKey.safeParse(mixed).error?.issues).toMatchObject([
    { message: expect.stringMatching(/expected/) },
  ]);
});
