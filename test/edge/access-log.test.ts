/** What operators read: one line for each request, and no secret in any line. */

import { apiKeyRandomBytes, makeApiKey } from '@darkroom/edge/auth/api-key';
import { mintClientToken } from '@darkroom/edge/auth/client-token';
import { createDeps, logFailure } from '@darkroom/edge/deps';
import { parseVars } from '@darkroom/edge/env';
import { makeSecret, secretRandomBytes } from '@darkroom/edge/webhooks/webhook-secret';
import { AppError } from '@darkroom/shared/errors';
import { DrizzleQueryError } from 'drizzle-orm';
import { SignJWT } from 'jose';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { type EdgeUnderTest, edgeUnderTest, random, testEnv } from './edge-app.ts';

/** Lines as the platform gets them. */
const lines: string[] = [];
const write = vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(line));
afterEach(() => {
  lines.length = 0;
});
afterAll(() => write.mockRestore());

/** An edge that logs as a deployed one does. */
function loggingEdge(): Promise<EdgeUnderTest> {
  const { log } = createDeps(testEnv, parseVars(testEnv));
  return edgeUnderTest({ deps: { log, reportFailure: logFailure } });
}

describe('the line of a request', () => {
  test.each([
    ['GET', '/healthz', { route: '/healthz', status: 200 }],
    ['GET', '/v1/keys', { route: '/v1/keys', status: 200 }],
    ['GET', '/v1/assets/asset_00000000000000000000000000', { route: '/v1/assets/:id', status: 404 }],
    ['POST', '/v1/keys', { route: '/v1/keys', status: 400 }],
    ['GET', '/nothing/here?prompt=snow', { route: '/*', status: 404 }],
    ['DELETE', '/v1/keys', { route: '/v1/*', status: 404 }],
  ])('%s %s tells what it was, how it ended and whose it was', async (method, path, facts) => {
    const { ask, project, key } = await loggingEdge();
    const answer = await ask(path, { method, headers: { 'x-request-id': 'r-1' } });
    expect(answer.status).toBe(facts.status);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        level: 'info',
        requestId: 'r-1',
        method,
        ...facts,
        durationMs: expect.any(Number),
        ...(path.startsWith('/v1') && { projectId: project.id, keyId: key.id }),
      },
    ]);
  });

  test('is written for strangers too, who are nobody', async () => {
    const { app } = await loggingEdge();
    await app.request('/v1/keys', { headers: { authorization: 'Bearer dk_live_wrong' } });
    const [line] = lines.map((text) => JSON.parse(text));
    expect(line).toMatchObject({ method: 'GET', status: 401 });
    expect(line).not.toHaveProperty('projectId');
  });

  test('stands beside that of a failure of ours, under one id', async () => {
    const { app } = await loggingEdge();
    app.get('/throws', () => {
      throw new TypeError('deep');
    });
    const answer = await app.request('/throws');
    const [failure, access] = lines.map((text) => JSON.parse(text));
    expect(failure).toMatchObject({
      level: 'error',
      code: 'internal',
      cause: expect.stringContaining('deep'),
    });
    expect(access).toMatchObject({ level: 'info', route: '/throws', status: 500 });
    expect([failure.requestId, access.requestId]).toEqual([
      answer.headers.get('x-request-id'),
      answer.headers.get('x-request-id'),
    ]);
  });
});

/** One secret of each kind, and a word that is none but the client's own. */
async function secretsOf({ deps, key }: EdgeUnderTest): Promise<Readonly<Record<string, string>>> {
  const claims = { keyId: key.id, assetId: 'asset_00000000000000000000000000', jobKind: 'edit' } as const;
  const token = await new SignJWT({ sub: 'worker-1' }).setProtectedHeader({ alg: 'HS256' }).sign(random(32));
  return {
    key: key.text,
    testKey: makeApiKey('test', random(apiKeyRandomBytes)).text,
    clientToken: await mintClientToken(claims, {
      keys: deps.signingKeys,
      nowMs: deps.nowMs(),
      ttlSeconds: 60,
    }),
    webhookSecret: makeSecret(random(secretRandomBytes)).text,
    workerToken: token,
    word: 'makeItSnowy5ec2e7',
  };
}

/** What must not be in a line: of a key its secret part, whose id may be told. */
const hidden = (secret: string) =>
  (secret.startsWith('dk_') ? (secret.split('_')[3] ?? '') : secret).slice(-24);
const keyShaped = /dk_(live|test)_\w+_\w{20}|whsec_[\w+/]{8}|eyJ[\w-]+\.[\w-]+/;

function formOf(secret: string): FormData {
  const form = new FormData();
  form.set(secret, secret);
  form.set('image', new File([secret], `${secret}.png`, { type: 'image/png' }));
  return form;
}

const json = { 'content-type': 'application/json' };
/** A request with a secret in every place where a client can put text. */
const places: Readonly<Record<string, (secret: string) => [path: string, init?: RequestInit]>> = {
  'its query': (secret) => [`/v1/keys?key=${encodeURIComponent(secret)}`],
  'the names of its query': (secret) => [`/v1/assets?${encodeURIComponent(secret)}=1`],
  'a coded query': (secret) => [`/v1/assets?after=${secret.replaceAll('_', '%5F').replaceAll('.', '%2E')}`],
  'its path': (secret) => [`/v1/assets/${encodeURIComponent(secret)}`],
  'an unknown path': (secret) => [`/${encodeURIComponent(secret)}/x`],
  'its credential': (secret) => ['/v1/keys', { headers: { authorization: `Bearer ${secret}` } }],
  'a credential of another scheme': (secret) => [
    '/v1/keys',
    { headers: { authorization: `Basic ${secret}` } },
  ],
  'the token of a worker': (secret) => [
    '/v1/pools/default/socket',
    { headers: { authorization: `Bearer ${secret}`, upgrade: 'websocket' } },
  ],
  'its other headers': (secret) => [
    '/v1/assets',
    {
      headers: {
        cookie: `key=${secret}`,
        referer: `https://x.example/?${secret}`,
        'user-agent': secret,
        'if-none-match': secret,
        prefer: secret,
        'x-api-key': secret,
        'x-stainless-retry-count': secret,
        'cf-connecting-ip': secret,
      },
    },
  ],
  'its idempotency key': (secret) => [
    '/v1/assets',
    { method: 'POST', body: '{}', headers: { ...json, 'idempotency-key': secret } },
  ],
  'a field of its body': (secret) => [
    '/v1/keys',
    { method: 'POST', body: JSON.stringify({ name: secret, scopes: [secret] }), headers: json },
  ],
  'the name of a field': (secret) => [
    '/v1/webhooks',
    { method: 'POST', body: JSON.stringify({ [secret]: 1 }), headers: json },
  ],
  'a body that is no JSON': (secret) => ['/v1/keys', { method: 'POST', body: `{"${secret}`, headers: json }],
  'its content type': (secret) => [
    '/v1/keys',
    { method: 'POST', body: secret, headers: { 'content-type': `text/${secret}` } },
  ],
  'a form': (secret) => ['/v1/edits', { method: 'POST', body: formOf(secret) }],
};

test.each(Object.keys(places))('no secret reaches the log by way of %s', async (place) => {
  const edge = await loggingEdge();
  const secrets = Object.values(await secretsOf(edge));
  for (const secret of secrets) {
    const [path, init] = (places[place] as (typeof places)[string])(secret);
    expect((await edge.ask(path, init)).status).toBeLessThan(600);
  }
  expect(lines.length).toBeGreaterThanOrEqual(secrets.length);
  for (const line of lines) {
    expect(line).not.toMatch(keyShaped);
    for (const secret of secrets) expect(line).not.toContain(hidden(secret));
  }
});

test('a key that is sent as the id of a request is no id, neither in the log nor in the answer', async () => {
  const { ask, key } = await loggingEdge();
  const answer = await ask('/healthz', { headers: { 'x-request-id': key.text } });
  expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  expect(lines.join()).not.toContain('dk_live');
});

test('no secret reaches the log by way of a failure: its words, its details, or what is behind it', async () => {
  const edge = await loggingEdge();
  const { word = '', ...shaped } = await secretsOf(edge);
  const secrets = Object.values(shaped);
  const text = `${secrets.join('\n')} "${secrets.join('" "')}"`;
  const query = new DrizzleQueryError('insert into keys values (?)', [word, ...secrets], new Error(text));
  const failures: readonly Error[] = [
    new AppError('dependency_unavailable', { message: text, details: { text, [text]: text }, cause: query }),
    new AppError('misconfigured', { message: text, cause: new TypeError(text, { cause: text }) }),
    Object.assign(new Error(text, { cause: query }), { name: text }),
  ];
  failures.forEach((failure, i) => {
    edge.app.get(`/throws/${i}`, () => {
      throw failure;
    });
  });
  for (const i of failures.keys())
    expect((await edge.app.request(`/throws/${i}`)).status).toBeGreaterThan(499);
  expect(lines).toHaveLength(2 * failures.length);
  for (const line of lines) {
    expect(() => JSON.parse(line)).not.toThrow();
    expect(line).not.toMatch(keyShaped);
    for (const secret of [...secrets, word]) expect(line).not.toContain(hidden(secret));
  }
});
