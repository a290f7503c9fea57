import { insertProject } from '@darkroom/edge/db/projects';
import { uploadKey } from '@darkroom/edge/storage/asset-keys';
import { AssetList } from '@darkroom/shared/contracts/asset';
import { describe, expect, test } from 'vitest';
import { jpegHeader } from '../support/picture-headers.ts';
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
  viewOf,
} from './assets-stage.ts';
import type { EdgeUnderTest } from './edge-app.ts';

const textAt = async ({ deps }: EdgeUnderTest, url: string | null) => {
  const key = new URL(url ?? '').pathname.replace('/darkroom-images/', '');
  return new Response(await deps.images.read(key)).text();
};
const pngText = new TextDecoder().decode(png);

describe('a picture that is announced', () => {
  test('is awaited at an address that is bound to its type and size', async () => {
    const edge = await assetsEdge();
    const answer = await edge.ask('/v1/assets', json({ mime: 'image/png', sizeBytes: png.length }));
    const view = await viewOf(answer.clone());
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/v1/assets/${view.id}`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(view).toMatchObject({ status: 'awaiting', mime: 'image/png', bytes: png.length });
    expect(view).toMatchObject({ width: null, height: null, sha256: null, url: null, expiresAt: null });
    expect(view.upload).toMatchObject({
      method: 'PUT',
      headers: { 'content-type': 'image/png', 'content-length': String(png.length) },
    });
    const { pathname, searchParams } = new URL(view.upload?.url ?? '');
    expect(pathname).toBe(`/darkroom-images/${uploadKey(view.id)}`);
    expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host');
  });

  test('is ready once its file was sent and found right', async () => {
    const edge = await assetsEdge();
    const announced = await announce(edge, { sha256: pngSha256 });
    await send(edge, announced);
    const answer = await finalize(edge, announced);
    expect(answer.status).toBe(200);
    const view = await viewOf(answer);
    expect(view).toMatchObject({ status: 'ready', width: 6, height: 4, sha256: pngSha256, upload: null });
    expect(await textAt(edge, view.url)).toBe(pngText);
    expect(await edge.deps.images.head(uploadKey(view.id))).toBeUndefined();
  });

  test('is finalized once, however often it is said, also at one time', async () => {
    const edge = await assetsEdge();
    const announced = await announce(edge);
    await send(edge, announced);
    const answers = await Promise.all([1, 2, 3].map(() => finalize(edge, announced)));
    answers.push(await finalize(edge, announced));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(await viewOf(answer)).toMatchObject({ status: 'ready', sha256: pngSha256 });
    }
  });

  test('has a new address whenever it is asked for', async () => {
    let nowMs = Date.now();
    const edge = await assetsEdge({ deps: { nowMs: () => nowMs } });
    const announced = await announce(edge);
    nowMs += 599_000;
    const again = await viewOf(await edge.ask(`/v1/assets/${announced.id}`));
    expect(again.upload?.url).not.toBe(announced.upload?.url);
    nowMs += 2_996_000;
    const late = await viewOf(await edge.ask(`/v1/assets/${announced.id}`));
    expect(Date.parse(late.upload?.expiresAt ?? '')).toBeLessThanOrEqual(
      Date.parse(late.createdAt) + 3_600_000,
    );
    nowMs += 6_000;
    expect((await edge.ask(`/v1/assets/${announced.id}`)).status).toBe(404);
  });
});

describe('a file that is the body', () => {
  test('is stored at once', async () => {
    const edge = await assetsEdge();
    const answer = await edge.ask('/v1/assets', file(jpegHeader(30, 20), 'image/jpeg'));
    expect(answer.status).toBe(201);
    const view = await viewOf(answer);
    expect(view).toMatchObject({ status: 'ready', mime: 'image/jpeg', width: 30, height: 20, upload: null });
    expect(Date.parse(view.expiresAt ?? '')).toBeGreaterThan(Date.now() + 3_500_000);
    expect((await viewOf(await edge.ask(`/v1/assets/${view.id}`))).sha256).toBe(view.sha256);
  });

  test('that is sent twice under one Idempotency-Key is one picture', async () => {
    const edge = await assetsEdge();
    const request = file(png);
    const headers = { ...(request.headers as Record<string, string>), 'idempotency-key': 'once' };
    const ids = new Set<string>();
    for (const _ of [1, 2]) ids.add((await viewOf(await edge.ask('/v1/assets', { ...request, headers }))).id);
    expect(ids.size).toBe(1);
    const { assets } = AssetList.parse(await (await edge.ask('/v1/assets')).json());
    expect(assets).toHaveLength(1);
  });
});

describe('retention', () => {
  test.each([
    [null, undefined, null],
    [null, 90, 90],
    [60_000, undefined, 60],
    [60_000, 90, 60],
    [600_000, 90, 90],
  ])(
    'of %s ms in the project and %s s in the request is %s s',
    async (retentionMs, retentionSeconds, seconds) => {
      const nowMs = Date.now();
      const { project, ...first } = await assetsEdge({ deps: { nowMs: () => nowMs } });
      const ownProject = { ...project, id: `${project.id}-kept`, retentionMs };
      await insertProject(first.deps.db, ownProject);
      const edge = await assetsEdge({ project: ownProject, deps: { nowMs: () => nowMs } });
      const eraseAt = seconds === null ? null : new Date(nowMs + seconds * 1000).toISOString();
      const announced = await announce(edge, retentionSeconds === undefined ? {} : { retentionSeconds });
      expect(announced.eraseAt).toBe(eraseAt);
      const query = retentionSeconds === undefined ? '' : `?retentionSeconds=${retentionSeconds}`;
      const stored = await viewOf(await edge.ask(`/v1/assets${query}`, file(png)));
      expect(stored.eraseAt).toBe(eraseAt);
      if (eraseAt !== null) expect((stored.expiresAt ?? '') <= eraseAt).toBe(true);
    },
  );

  test('that is over hides a picture at once', async () => {
    let nowMs = Date.now();
    const edge = await assetsEdge({ deps: { nowMs: () => nowMs } });
    const { id } = await viewOf(await edge.ask('/v1/assets?retentionSeconds=60', file(png)));
    nowMs += 60_000;
    expect((await edge.ask(`/v1/assets/${id}`)).status).toBe(404);
    expect(await (await edge.ask('/v1/assets')).json()).toEqual({ assets: [], next: null });
  });
});

test('the list goes from the newest to the oldest, page by page', async () => {
  let nowMs = Date.now();
  const edge = await assetsEdge({ deps: { nowMs: () => nowMs } });
  const made: string[] = [];
  for (let n = 0; n < 5; n++) {
    nowMs += 1;
    made.unshift((await store(edge)).id);
  }
  const seen: string[] = [];
  for (let path: string | undefined = '/v1/assets?limit=2'; path; ) {
    const { assets, next } = AssetList.parse(await (await edge.ask(path)).json());
    seen.push(...assets.map(({ id }) => id));
    path = next === null ? undefined : `/v1/assets?limit=2&after=${next}`;
  }
  expect(seen).toEqual(made);
});

test('a deleted picture is gone, with its bytes', async () => {
  const edge = await assetsEdge();
  const view = await store(edge);
  const announced = await announce(edge);
  await send(edge, announced);
  for (const { id } of [view, announced]) {
    expect((await edge.ask(`/v1/assets/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await edge.ask(`/v1/assets/${id}`)).status).toBe(404);
    expect((await edge.ask(`/v1/assets/${id}`, { method: 'DELETE' })).status).toBe(404);
  }
  expect(await edge.deps.images.list(`p/${edge.project.id}/`)).toEqual([]);
  expect(await edge.deps.images.list(uploadKey(announced.id))).toEqual([]);
});
