import { assets } from '@darkroom/edge/db/schema';
import { ClientTokenView } from '@darkroom/shared/contracts/client-token';
import { makeId } from '@darkroom/shared/ids';
import { expect, test } from 'vitest';
import { type EdgeUnderTest, edgeUnderTest, random } from './edge-app.ts';

async function storeAsset({ deps, project, key }: EdgeUnderTest): Promise<string> {
  const id = makeId('asset', deps.nowMs(), random(10));
  const createdAtMs = deps.nowMs();
  await deps.db
    .insert(assets)
    .values({ id, projectId: project.id, keyId: key.id, objectKey: id, createdAtMs });
  return id;
}

const mint = ({ ask }: EdgeUnderTest, asset: string, more: object = {}) =>
  ask('/v1/client-tokens', { method: 'POST', body: JSON.stringify({ asset, kind: 'edit', ...more }) });

test('a minted token works, and may do no more than an app', async () => {
  const edge = await edgeUnderTest();
  const asset = await storeAsset(edge);
  const answer = await mint(edge, asset);
  expect(answer.status).toBe(201);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const { token } = ClientTokenView.parse(await answer.json());
  const headers = { authorization: `Bearer ${token}` };
  expect((await edge.ask('/v1/keys', { headers })).status).toBe(403);
});

test('there is none for a picture of another project or one that does not exist', async () => {
  const edge = await edgeUnderTest();
  const foreign = await storeAsset(await edgeUnderTest());
  for (const asset of [foreign, 'asset_00000000000000000000000000'])
    expect(await (await mint(edge, asset)).json()).toMatchObject({ status: 404, code: 'not_found' });
});

test('its life has bounds, and minting wants a scope', async () => {
  const edge = await edgeUnderTest();
  expect((await mint(edge, await storeAsset(edge), { ttlSeconds: 601 })).status).toBe(400);
  expect((await mint(await edgeUnderTest({ scopes: ['jobs:read'] }), 'asset_0')).status).toBe(403);
});
