import { assetKey, uploadKey } from '@darkroom/edge/storage/asset-keys';
import { AssetList } from '@darkroom/shared/contracts/asset';
import { describe, expect, test } from 'vitest';
import { pngHeader } from '../support/picture-headers.ts';
import {
  announce,
  assetsEdge,
  file,
  finalize,
  json,
  png,
  pngSha256,
  send,
  store,
  tokenFor,
  viewOf,
} from './assets-stage.ts';

const missing = 'asset_00000000000000000000000000';
const routes = (id: string): [string, string][] => [
  ['GET', `/v1/assets/${id}`],
  ['DELETE', `/v1/assets/${id}`],
  ['POST', `/v1/assets/${id}/finalize`],
];

describe('a picture of another project', () => {
  test('answers like one that does not exist', async () => {
    const { ask } = await assetsEdge();
    const owner = await assetsEdge();
    for (const foreign of [await store(owner), await announce(owner)]) {
      for (const [index, [method, path]] of routes(foreign.id).entries()) {
        const headers = { 'x-request-id': 'r1' };
        const [, missingPath = ''] = routes(missing)[index] ?? [];
        const one = await ask(path, { method, headers });
        const other = await ask(missingPath, { method, headers });
        expect([one.status, await one.text()]).toEqual([404, await other.text()]);
      }
      expect((await owner.ask(`/v1/assets/${foreign.id}`)).status).toBe(200);
    }
  });

  test('is in no list, whatever it begins after', async () => {
    const { ask } = await assetsEdge();
    const foreign = await store(await assetsEdge());
    for (const query of ['', `?after=${foreign.id}`, `?after=asset_7${'z'.repeat(25)}`])
      expect(await (await ask(`/v1/assets${query}`)).json()).toEqual({ assets: [], next: null });
  });
});

describe('a client token', () => {
  test('sends, sees and deletes the one picture that it names', async () => {
    const edge = await assetsEdge();
    const announced = await announce(edge);
    const headers = await tokenFor(edge, announced);
    const path = `/v1/assets/${announced.id}`;
    expect((await viewOf(await edge.ask(path, { headers }))).upload?.url).toContain(uploadKey(announced.id));
    await send(edge, announced);
    expect((await edge.ask(`${path}/finalize`, { method: 'POST', headers })).status).toBe(200);
    expect((await viewOf(await edge.ask(path, { headers }))).status).toBe('ready');
    expect((await edge.ask(path, { method: 'DELETE', headers })).status).toBe(204);
  });

  test('makes none, and finds no other of its project', async () => {
    const edge = await assetsEdge();
    const [own, other] = [await store(edge), await store(edge)];
    const headers = await tokenFor(edge, own);
    for (const request of [file(png), json({ mime: 'image/png', sizeBytes: 9 })]) {
      const merged = { ...request, headers: { ...(request.headers as Record<string, string>), ...headers } };
      expect(await (await edge.ask('/v1/assets', merged)).json()).toMatchObject({ code: 'forbidden' });
    }
    for (const [method, path] of routes(other.id))
      expect((await edge.ask(path, { method, headers })).status).toBe(404);
    const { assets } = AssetList.parse(await (await edge.ask('/v1/assets', { headers })).json());
    expect(assets.map(({ id }) => id)).toEqual([own.id]);
  });
});

test('who may not write is given no address to write to', async () => {
  const owner = await assetsEdge();
  const { id } = await announce(owner);
  const { ask } = await assetsEdge({ scopes: ['assets:read'], project: owner.project });
  expect(await viewOf(await ask(`/v1/assets/${id}`))).toMatchObject({ status: 'awaiting', upload: null });
  const list = AssetList.parse(await (await ask('/v1/assets')).json());
  expect(list.assets.map(({ upload }) => upload)).toEqual([null]);
});

test('the bytes of a ready picture lie where no address was signed to write', async () => {
  const edge = await assetsEdge();
  const announced = await announce(edge);
  await send(edge, announced);
  const view = await viewOf(await finalize(edge, announced));
  const key = assetKey({ projectId: edge.project.id, id: view.id, sha256: pngSha256 });
  expect(new URL(view.url ?? '').pathname).toBe(`/darkroom-images/${key}`);
  // Whoever still holds the address writes beside it.
  await send(edge, announced, pngHeader(9, 9));
  expect(await viewOf(await finalize(edge, announced))).toMatchObject({
    width: 6,
    height: 4,
    sha256: pngSha256,
  });
  const bytes = await new Response(await edge.deps.images.read(key)).bytes();
  expect(bytes).toEqual(png);
});

test.each([
  ['POST', '/v1/assets', 'assets:read'],
  ['GET', '/v1/assets', 'assets:write'],
  ['GET', `/v1/assets/${missing}`, 'assets:write'],
  ['DELETE', `/v1/assets/${missing}`, 'assets:read'],
  ['POST', `/v1/assets/${missing}/finalize`, 'assets:read'],
] as const)('%s %s wants a key, and another scope than %s', async (method, path, scope) => {
  const { app, ask } = await assetsEdge({ scopes: [scope] });
  expect((await app.request(path, { method })).status).toBe(401);
  expect((await ask(path, { method })).status).toBe(403);
});
