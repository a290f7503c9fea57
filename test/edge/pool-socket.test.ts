import type { WorkerKeys } from '@darkroom/edge/auth/worker-token';
import { onError } from '@darkroom/edge/middleware/on-error';
import { poolSocket } from '@darkroom/edge/routes/pool-socket';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { namespace } from './pool-stage.ts';

const nowMs = Date.now();
const iat = Math.floor(nowMs / 1000);
const pair = await generateKeyPair('EdDSA', { extractable: true });
const stranger = await generateKeyPair('EdDSA', { extractable: true });
const workerKeys: WorkerKeys = {
  edit: [await exportJWK(pair.publicKey)],
  train: [await exportJWK(stranger.publicKey)],
};
const app = poolSocket({ namespace, workerKeys, nowMs: () => nowMs });
app.onError(onError({ reportFailure: () => undefined }));

interface Wish {
  readonly key?: CryptoKey;
  readonly aud?: string;
  readonly begins?: number;
  readonly life?: number;
}

async function knock(
  { key = pair.privateKey, aud = 'darkroom-pool:edit', begins = iat, life = 600 }: Wish,
  pool = 'edit',
) {
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'EdDSA', typ: 'darkroom-worker+jwt' })
    .setAudience(aud)
    .setSubject('w1')
    .setIssuedAt(begins)
    .setExpirationTime(begins + life)
    .sign(key);
  return app.request(`/${pool}/socket`, {
    headers: { authorization: `Bearer ${token}`, upgrade: 'websocket' },
  });
}

test('a worker of the pool is connected', async () => {
  const answer = await knock({});
  expect(answer.status).toBe(101);
});

test.each<[string, Wish, string?]>([
  ['of a stranger', { key: stranger.privateKey }],
  ['for another pool', { aud: 'darkroom-pool:train' }],
  ['of a worker of another pool', {}, 'train'],
  ['for a pool that does not exist', { aud: 'darkroom-pool:none' }, 'none'],
  ['that is over', { begins: iat - 700 }],
  ['that lives too long', { life: 3600 }],
  ['from the future', { begins: iat + 120 }],
])('a token %s is refused', async (_case, wish, pool) => {
  expect((await knock(wish, pool)).status).toBe(401);
});

test('no token is refused', async () => {
  expect((await app.request('/edit/socket')).status).toBe(401);
});
