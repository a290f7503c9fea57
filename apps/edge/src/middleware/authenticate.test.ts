import { describe, expect, test } from 'vitest';
import { mintClientToken } from '../auth/client-token.ts';
import {
  hasher,
  MemoryKeyStore,
  pepper,
  recordOf,
  signingKeys,
  startMs,
  testKey,
} from '../auth/key-fixtures.ts';
import { createKeyHasher } from '../auth/key-hash.ts';
import type { KeyRecord } from '../auth/key-record.ts';
import { type AuthVariables, authenticate } from './authenticate.ts';
import { appUnderTest, MemoryRateCounter } from './edge-fixtures.ts';
import { failurePolicy } from './failure-guard.ts';

const key = testKey(1);
const record = await recordOf(key, { scopes: ['edits:write', 'jobs:read', 'keys:write'] });
const assetId = 'asset_00000000000000000000000000';

function edge(changes: Partial<KeyRecord> = {}) {
  const clock = { nowMs: startMs };
  const nowMs = () => clock.nowMs;
  const keyStore = new MemoryKeyStore();
  keyStore.put({ ...record, ...changes });
  const rateCounter = new MemoryRateCounter(nowMs);
  const { app, failures } = appUnderTest<AuthVariables>();
  app.use(authenticate({ keyStore, hasher, signingKeys, nowMs, rateCounter }));
  app.get('/', (c) => {
    const principal = c.get('principal');
    return c.json({ ...principal, scopes: [...principal.scopes] });
  });
  const ask = (authorization?: string, address = '192.0.2.1') =>
    app.request('/', {
      headers: { 'cf-connecting-ip': address, ...(authorization !== undefined && { authorization }) },
    });
  return { ask, clock, keyStore, rateCounter, failures };
}

const mint = (keyId = key.id) =>
  mintClientToken(
    { keyId, assetId, jobKind: 'edit' },
    { keys: signingKeys, nowMs: startMs, ttlSeconds: 300 },
  );

describe('authenticate', () => {
  test.each(['Bearer', 'bearer', 'Key'])('takes a key as %s and says who it stands for', async (scheme) => {
    const response = await edge().ask(`${scheme} ${key.text}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      kind: 'key',
      projectId: 'project_1',
      keyId: key.id,
      identityId: key.id,
      environment: 'live',
      scopes: ['edits:write', 'jobs:read', 'keys:write'],
      models: null,
      limits: record.limits,
    });
  });

  test('takes a client token, narrowed to its asset, its kind of job and what apps may do', async () => {
    const response = await edge().ask(`Bearer ${await mint()}`);
    expect(await response.json()).toMatchObject({
      kind: 'client',
      keyId: key.id,
      assetId,
      jobKind: 'edit',
      scopes: ['edits:write', 'jobs:read'],
    });
  });

  test('asks no counter for honest requests', async () => {
    const { ask, rateCounter } = edge();
    await ask(`Bearer ${key.text}`);
    expect(rateCounter.asked).toBe(0);
  });
});

describe('a request that is not let in', async () => {
  const other = testKey(1, 'test');
  const cases: [string, string | undefined, Partial<KeyRecord>?][] = [
    ['without a credential', undefined],
    ['with an empty one', ''],
    ['with another scheme', `Basic ${key.text}`],
    ['with two keys', `Bearer ${key.text}, Bearer ${key.text}`],
    ['with a misspelt key', `Bearer ${key.text.slice(0, -1)}_`],
    ['with an unknown key', `Bearer ${testKey(2).text}`],
    ['with the id of a key and another secret', `Bearer ${key.text}`, { hash: await hasher.hash('other') }],
    ['with a key of the other environment', `Bearer ${other.text}`, { hash: await hasher.hash(other.text) }],
    ['with a revoked key', `Bearer ${key.text}`, { revokedAtMs: startMs }],
    ['with an expired key', `Bearer ${key.text}`, { expiresAtMs: startMs }],
    ['with a disabled key', `Bearer ${key.text}`, { disabledAtMs: startMs }],
    ['with a token of an unknown key', `Bearer ${await mint(testKey(2).id)}`],
    ['with a token of a revoked key', `Bearer ${await mint()}`, { revokedAtMs: startMs }],
    ['with a forged token', `Bearer ${(await mint()).slice(0, -4)}AAAA`],
  ];

  test.each(cases)('%s gets the one answer', async (_case, authorization, changes) => {
    const response = await edge(changes).ask(authorization);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="darkroom"');
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await response.json()).toEqual({
      type: 'urn:darkroom:problem:unauthenticated',
      title: 'A valid API key is required',
      status: 401,
      detail: 'A valid API key is required',
      code: 'unauthenticated',
      requestId: 'r1',
      retryable: false,
    });
  });

  test('costs no read when its key is misspelt or its token forged', async () => {
    const { ask, keyStore } = edge();
    await ask(`Bearer ${key.text.slice(0, -1)}_`);
    await ask(`Bearer ${(await mint()).slice(0, -4)}AAAA`);
    expect(keyStore.reads).toEqual({ keys: 0, versions: 0 });
  });
});

describe('revocation', () => {
  test('ends a key and its tokens within a second, though both were just used', async () => {
    const { ask, clock, keyStore } = edge();
    const credentials = [`Bearer ${key.text}`, `Bearer ${await mint()}`];
    for (const credential of credentials) expect((await ask(credential)).status).toBe(200);
    keyStore.put({ ...record, revokedAtMs: startMs });
    clock.nowMs += 1000;
    for (const credential of credentials) expect((await ask(credential)).status).toBe(401);
  });

  test('is not needed for a key that expires: its time is looked at on every request', async () => {
    const { ask, clock } = edge({ expiresAtMs: startMs + 100 });
    expect((await ask(`Bearer ${key.text}`)).status).toBe(200);
    clock.nowMs += 100;
    expect((await ask(`Bearer ${key.text}`)).status).toBe(401);
  });
});

describe('a store that fails', () => {
  test('lets nobody in, and says so', async () => {
    const { ask, keyStore, failures } = edge();
    keyStore.isDown = true;
    for (const credential of [key.text, await mint()]) {
      const response = await ask(`Bearer ${credential}`);
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('2');
      expect(await response.json()).toMatchObject({ code: 'dependency_unavailable', retryable: true });
    }
    expect(failures.map(({ cause }) => cause)).toEqual([new Error('D1 is down'), new Error('D1 is down')]);
  });

  test('counts nothing against the address', async () => {
    const { ask, keyStore, rateCounter } = edge();
    keyStore.isDown = true;
    await ask(`Bearer ${key.text}`);
    expect(rateCounter.asked).toBe(0);
  });

  test('of counts lets nobody in who was refused', async () => {
    const { ask, rateCounter } = edge();
    rateCounter.isDown = true;
    expect((await ask('Bearer wrong')).status).toBe(503);
    expect((await ask(`Bearer ${key.text}`)).status).toBe(200);
  });
});

describe('rotation of the pepper', () => {
  test('moves a key to the current one when it is next used', async () => {
    const old = await createKeyHasher([pepper(1)]).hash(key.text);
    const { ask, clock, keyStore } = edge({ hash: old });
    expect((await ask(`Bearer ${key.text}`)).status).toBe(200);
    expect(keyStore.get(key.id)?.hash).toEqual(await hasher.hash(key.text));
    clock.nowMs += 1000;
    expect((await ask(`Bearer ${key.text}`)).status).toBe(200);
  });
});

describe('many failures from one address', () => {
  async function exhaust(ask: ReturnType<typeof edge>['ask'], address?: string): Promise<void> {
    for (let i = 0; i < failurePolicy.quota; i++)
      expect((await ask('Bearer wrong', address)).status).toBe(401);
  }

  test('shut it out until it has one again, right keys too, and cost no read', async () => {
    const { ask, clock, keyStore, rateCounter } = edge();
    await exhaust(ask);
    const refused = await ask('Bearer wrong');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('2');
    const asked = rateCounter.asked;
    expect((await ask(`Bearer ${key.text}`)).status).toBe(429);
    expect([keyStore.reads.keys, rateCounter.asked]).toEqual([0, asked]);
    clock.nowMs += 2000;
    expect((await ask(`Bearer ${key.text}`)).status).toBe(200);
  });

  test('leave other addresses alone', async () => {
    const { ask } = edge();
    await exhaust(ask);
    await ask('Bearer wrong');
    expect((await ask(`Bearer ${key.text}`, '192.0.2.2')).status).toBe(200);
  });

  test('are counted for a whole IPv6 network', async () => {
    const { ask } = edge();
    await exhaust(ask, '2001:db8:1:2::1');
    expect((await ask('Bearer wrong', '2001:DB8:1:2:ffff::9')).status).toBe(429);
    expect((await ask('Bearer wrong', '2001:db8:1:3::1')).status).toBe(401);
  });
});
