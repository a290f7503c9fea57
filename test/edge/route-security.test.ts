/** Every route that the document names, asked by everyone who may not use it. */
import { makeApiKey } from '@darkroom/edge/auth/api-key';
import { holdsKey } from '@darkroom/edge/auth/redact';
import { updateKey } from '@darkroom/edge/db/keys';
import { assets, keys } from '@darkroom/edge/db/schema';
import { valueExamples } from '@darkroom/edge/openapi/examples';
import { Problem } from '@darkroom/shared/contracts/problem';
import { type Scope, scopes } from '@darkroom/shared/contracts/scopes';
import { makeId } from '@darkroom/shared/ids';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { type EdgeUnderTest, edgeUnderTest, random, storeKey } from './edge-app.ts';
import { admit, missingJob } from './jobs-stage.ts';
import { type DocumentedRoute, documentedRoutes } from './openapi-stage.ts';

/** Nobody is reached from here. */
const unreachable: typeof fetch = () => Promise.reject(new Error('nobody is reached'));

const edges: EdgeUnderTest[] = [];
async function openEdge(options: Parameters<typeof edgeUnderTest>[0] = {}): Promise<EdgeUnderTest> {
  const edge = await edgeUnderTest({ fetch: unreachable, ...options });
  edges.push(edge);
  return edge;
}

const edge = await openEdge();
const scopeOf = ({ operation }: DocumentedRoute) => operation.security[0]?.['key']?.[0] as Scope | undefined;
const keyRoutes = documentedRoutes.filter((route) => scopeOf(route) !== undefined);
const titled = (routes: readonly DocumentedRoute[]) =>
  routes.map((route) => [`${route.method} ${route.path}`, route] as const);

let asked = 0;
/** Failed authentications are counted by address, and this is not what is looked at here. */
const anyAddress = () => `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked++ & 255}`;

type Ids = Readonly<Record<string, string>>;
/** The kind of id that stands in each place of a path. */
function idsIn({ operation }: DocumentedRoute, ids: Ids): Ids {
  const inPath = (operation.parameters ?? []).filter((one) => one.in === 'path');
  return Object.fromEntries(
    inPath.map(({ name, schema }) => [name, ids[String(schema.$ref).split('/').at(-1) ?? ''] ?? '']),
  );
}

interface Asking {
  readonly credential?: string | undefined;
  readonly ids?: Ids;
  readonly search?: string;
}

/** Asks a route with the example of its body, under one request id, so that answers can be compared. */
async function ask(
  route: DocumentedRoute,
  { credential, ids = valueExamples, search = '' }: Asking,
  { app }: EdgeUnderTest = edge,
): Promise<{ status: number; body: string }> {
  const names = idsIn(route, ids);
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? '');
  const example = route.operation.requestBody?.content['application/json']?.example;
  const answer = await app.request(path + search, {
    method: route.method,
    headers: {
      'x-request-id': 'r1',
      'cf-connecting-ip': anyAddress(),
      ...(example !== undefined && { 'content-type': 'application/json' }),
      ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
    },
    ...(example !== undefined && { body: JSON.stringify(example) }),
  });
  return { status: answer.status, body: await answer.text() };
}

async function keyWith(change: 'revoked' | 'expired' | 'disabled'): Promise<string> {
  const { deps, project } = edge;
  const { id, text } = await storeKey(deps, project);
  const pastMs = deps.nowMs() - 1;
  if (change === 'revoked') await updateKey(deps.db, { projectId: project.id, id }, { revokedAtMs: pastMs });
  if (change === 'disabled')
    await updateKey(deps.db, { projectId: project.id, id }, { disabledAtMs: pastMs });
  if (change === 'expired') await deps.db.update(keys).set({ expiresAtMs: pastMs }).where(eq(keys.id, id));
  return text;
}

const other = (character: string | undefined) => (character === 'a' ? 'b' : 'a');
const misspelt = (text: string) => text.slice(0, -1) + other(text.at(-1));

/** Credentials that open nothing, each for another reason. */
const strangers: Readonly<Record<string, string | undefined>> = {
  'no key': undefined,
  'a text that is no key': 'hello',
  'a misspelt key': misspelt(edge.key.text),
  'an unknown key': makeApiKey('live', random(48)).text,
  'a key of the other environment': edge.key.text.replace('dk_live_', 'dk_test_'),
  'a key with the secret of another': edge.key.text.replace(/_[0-9A-Za-z]{43}_/, `_${'A'.repeat(43)}_`),
  'a revoked key': await keyWith('revoked'),
  'an expired key': await keyWith('expired'),
  'a disabled key': await keyWith('disabled'),
  'a client token that nobody signed': 'ek_eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.',
};

describe.each(titled(keyRoutes))('%s', (_title, route) => {
  test.each(Object.entries(strangers))(
    'is closed to %s, and says nothing of why',
    async (_case, credential) => {
      const { status, body } = await ask(route, { credential });
      expect(status).toBe(401);
      expect(Problem.parse(JSON.parse(body))).toMatchObject({ code: 'unauthenticated' });
      expect(body).toBe((await ask(route, {})).body);
    },
  );

  test('is closed to a key with every scope but its own', async () => {
    const own = scopeOf(route);
    const weak = await storeKey(edge.deps, edge.project, { scopes: scopes.filter((scope) => scope !== own) });
    const { status, body } = await ask(route, { credential: weak.text });
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({ code: 'forbidden', details: { requiredScope: own } });
  });

  test('is open to a key with its scope alone', async () => {
    const own = await storeKey(edge.deps, edge.project, {
      scopes: scopes.filter((scope) => scope === scopeOf(route)),
    });
    const { status, body } = await ask(route, { credential: own.text });
    expect(status).not.toBe(401);
    expect(body).not.toContain('requiredScope');
  });

  test('refuses a key in its address, even beside a good one', async () => {
    const stray = makeApiKey('live', random(48)).text;
    for (const search of [`?key=${stray}`, `?key=${stray.replace('dk_', '%64%6B%5F')}`]) {
      const { status, body } = await ask(route, { credential: edge.key.text, search });
      expect(status).toBe(400);
      expect(JSON.parse(body)).toMatchObject({ code: 'invalid_request' });
      expect(holdsKey(body)).toBe(false);
    }
  });
});

describe.each(titled(documentedRoutes.filter(({ operation }) => operation.security[0]?.['worker'])))(
  '%s',
  (_title, route) => {
    test('is closed to everybody without a worker’s token, keys too', async () => {
      for (const credential of [...Object.values(strangers), edge.key.text])
        expect((await ask(route, { credential })).status).toBe(401);
    });
  },
);

describe.each(titled(documentedRoutes.filter(({ operation }) => operation.security.length === 0)))(
  '%s',
  (_title, route) => {
    test('is open to everybody, and no more so to those with a key', async () => {
      const { status, body } = await ask(route, {});
      expect(status).toBe(200);
      for (const credential of [edge.key.text, strangers['a revoked key']])
        expect(await ask(route, { credential })).toEqual({ status, body });
    });
  },
);

/** One of everything, in a project of its own. */
async function belongings(): Promise<Ids> {
  const owner = await openEdge();
  const { deps, project, key } = owner;
  const assetId = makeId('asset', deps.nowMs(), random(10));
  await deps.db.insert(assets).values({
    id: assetId,
    projectId: project.id,
    keyId: key.id,
    objectKey: assetId,
    createdAtMs: deps.nowMs(),
  });
  const post = async (path: string, body: object): Promise<{ id: string }> => {
    const answer = await owner.ask(path, { method: 'POST', body: JSON.stringify(body) });
    expect(answer.status).toBe(201);
    return await answer.json();
  };
  const webhook = await post('/v1/webhooks', { url: 'https://hooks.example.com/' });
  const delivery = await post(`/v1/webhooks/${webhook.id}/test`, {});
  const jobId = await admit(owner);
  return {
    KeyId: key.id,
    AssetId: assetId,
    JobId: jobId,
    WebhookId: webhook.id,
    DeliveryId: delivery.id,
  };
}

const missing: Ids = {
  KeyId: '0'.repeat(12),
  AssetId: `asset_${'0'.repeat(26)}`,
  JobId: missingJob,
  WebhookId: `webhook_${'0'.repeat(26)}`,
  DeliveryId: `delivery_${'0'.repeat(26)}`,
};

describe('what belongs to another project', async () => {
  const foreign = await belongings();
  const named = keyRoutes.filter(({ operation }) => operation.parameters?.some((one) => one.in === 'path'));

  test.each(titled(named))('answers to %s like what does not exist', async (_title, route) => {
    for (const id of Object.values(idsIn(route, foreign))) expect(id).not.toBe('');
    const credential = edge.key.text;
    const one = await ask(route, { credential, ids: foreign });
    expect(one.status).toBe(404);
    expect(one).toEqual(await ask(route, { credential, ids: missing }));
  });
});

test('the logs of the whole run hold nothing that looks like a key', () => {
  const lines = edges.flatMap(({ logged, failures }) => [
    ...logged.map((entry) => JSON.stringify(entry)),
    ...failures.map(({ error }) => `${error.message} ${JSON.stringify(error.details)} ${error.cause}`),
  ]);
  expect(lines.length).toBeGreaterThan(keyRoutes.length * Object.keys(strangers).length);
  expect(lines.filter(holdsKey)).toEqual([]);
});
