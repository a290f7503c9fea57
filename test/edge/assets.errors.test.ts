import { condemnAsset } from '@darkroom/edge/db/assets';
import { uploadKey } from '@darkroom/edge/storage/asset-keys';
import type { ImageStore } from '@darkroom/edge/storage/image-store';
import { describe, expect, test } from 'vitest';
import { extendedWebpHeader, join, jpegHeader, pngHeader } from '../support/picture-headers.ts';
import { announce, assetsEdge, file, finalize, json, png, pngSha256, send, viewOf } from './assets-stage.ts';

const otherSha256 = '0'.repeat(64);

describe('an announcement is refused', () => {
  test.each([
    ['mime', { mime: 'image/gif' }],
    ['mime', { mime: undefined }],
    ['sizeBytes', { sizeBytes: 0 }],
    ['sizeBytes', { sizeBytes: 128 * 2 ** 20 + 1 }],
    ['sizeBytes', { sizeBytes: -1 }],
    ['sha256', { sha256: 'ABC' }],
    ['retentionSeconds', { retentionSeconds: 59 }],
    ['retentionSeconds', { retentionSeconds: 1e10 }],
    ['', { key: 'p/another/a/place' }],
  ])('for its field %s', async (field, changes) => {
    const { ask } = await assetsEdge();
    const answer = await ask('/v1/assets', json({ mime: 'image/png', sizeBytes: 1, ...changes }));
    expect(await answer.json()).toMatchObject({
      status: 400,
      code: 'invalid_request',
      details: { issues: [{ field }] },
    });
  });
});

describe('a file that is the body is refused', () => {
  test.each([
    ['unsupported_media', file(join('GIF89a'), 'image/gif')],
    ['unsupported_media', file(join('GIF89a'))],
    ['unsupported_media', file(png, 'image/jpeg')],
    ['unsupported_media', file(extendedWebpHeader([6, 4], [6, 4], { flags: 2 }), 'image/webp')],
    ['image_too_large', file(pngHeader(30_000, 30_000))],
    ['image_corrupt', file(png.slice(0, 20))],
    ['image_corrupt', file(new Uint8Array())],
    ['request_too_large', file(new Uint8Array(32 * 2 ** 20 + 1))],
  ])('as %s, and nothing of it is kept', async (code, request) => {
    const { ask, deps, project } = await assetsEdge();
    expect(await (await ask('/v1/assets', request)).json()).toMatchObject({ code });
    expect(await (await ask('/v1/assets')).json()).toEqual({ assets: [], next: null });
    expect(await deps.images.list(`p/${project.id}/`)).toEqual([]);
  });

  test.each([
    ['sha256', `?sha256=${otherSha256}`],
    [undefined, '?retentionSeconds=soon'],
    [undefined, '?retentionSeconds=59'],
    [undefined, '?name=photo'],
  ])('for its query: %s %s', async (field, query) => {
    const { ask } = await assetsEdge();
    const answer = await ask(`/v1/assets${query}`, file(png));
    const problem = { status: 400, code: 'invalid_request', ...(field && { details: { field } }) };
    expect(await answer.json()).toMatchObject(problem);
  });
});

describe('finalizing', () => {
  test('wants the file to be there', async () => {
    const edge = await assetsEdge();
    const answer = await finalize(edge, await announce(edge));
    expect(await answer.json()).toMatchObject({ status: 409, code: 'conflict' });
  });

  test.each([
    ['invalid_request', 'of another size', {}, join(png, [0])],
    ['invalid_request', 'of another digest', { sha256: otherSha256 }, png],
    ['unsupported_media', 'of another type', { mime: 'image/jpeg' }, png],
    ['unsupported_media', 'that is no picture', {}, new Uint8Array(png.length)],
    ['image_corrupt', 'that breaks off', {}, join(png.slice(0, 33), new Uint8Array(png.length - 33))],
    ['image_too_large', 'of too many pixels', {}, pngHeader(30_000, 30_000)],
  ])('refuses as %s a file %s, deletes it and awaits another', async (code, _, changes, bytes) => {
    const edge = await assetsEdge();
    const announced = await announce(edge, changes);
    await send(edge, announced, bytes);
    expect(await (await finalize(edge, announced)).json()).toMatchObject({ code });
    expect(await edge.deps.images.head(uploadKey(announced.id))).toBeUndefined();
    expect(await edge.deps.images.list(`p/${edge.project.id}/`)).toEqual([]);
    const again = await viewOf(await edge.ask(`/v1/assets/${announced.id}`));
    expect(again.status).toBe('awaiting');
    if ('mime' in changes || 'sha256' in changes) return;
    await send(edge, announced);
    expect((await finalize(edge, announced)).status).toBe(200);
  });
});

describe('finalizing in a race', () => {
  test('refuses a file that was swapped after it was checked, before it was copied', async () => {
    const { deps } = await assetsEdge();
    const real = deps.images;
    const swapping: ImageStore = {
      ...real,
      async copy(from, to, options) {
        await real.put(from, pngHeader(9, 9).buffer, 'image/png');
        return await real.copy(from, to, options);
      },
    };
    const edge = await assetsEdge({ deps: { images: swapping } });
    const announced = await announce(edge);
    await send(edge, announced);
    expect(await (await finalize(edge, announced)).json()).toMatchObject({ status: 409, code: 'conflict' });
    expect((await viewOf(await edge.ask(`/v1/assets/${announced.id}`))).status).toBe('awaiting');
  });

  test('leaves nothing of a picture that was deleted meanwhile', async () => {
    const { deps } = await assetsEdge();
    const real = deps.images;
    let remove = async () => {};
    const slow: ImageStore = {
      ...real,
      async copy(from, to, options) {
        const isCopied = await real.copy(from, to, options);
        await remove();
        return isCopied;
      },
    };
    const edge = await assetsEdge({ deps: { images: slow } });
    const announced = await announce(edge);
    await send(edge, announced);
    remove = async () => {
      // As it is while the deletion is at work: said to be erased, and its bytes not looked for yet.
      await condemnAsset(deps.db, { projectId: edge.project.id, id: announced.id }, deps.nowMs());
    };
    expect((await finalize(edge, announced)).status).toBe(404);
    expect(await real.list(`p/${edge.project.id}/`)).toEqual([]);
  });

  test('at one time, of two files that came one after the other, keeps one whole', async () => {
    const { deps } = await assetsEdge();
    const real = deps.images;
    const other = pngHeader(4, 6);
    let isFirst = true;
    let finalizeOther = async () => {};
    const racing: ImageStore = {
      ...real,
      async copy(from, to, options) {
        const isCopied = await real.copy(from, to, options);
        if (isFirst) {
          isFirst = false;
          await finalizeOther();
        }
        return isCopied;
      },
    };
    const edge = await assetsEdge({ deps: { images: racing } });
    const announced = await announce(edge);
    await send(edge, announced);
    finalizeOther = async () => {
      await send(edge, announced, other);
      expect(await viewOf(await finalize(edge, announced))).toMatchObject({ width: 4, height: 6 });
    };
    // The second is there first, and the first answers with it.
    const view = await viewOf(await finalize(edge, announced));
    expect(view).toMatchObject({ status: 'ready', width: 4, height: 6 });
    expect(view.sha256).not.toBe(pngSha256);
    expect(await real.list(`p/${edge.project.id}/`)).toHaveLength(1);
  });
});

test('a list has bounds', async () => {
  const { ask } = await assetsEdge();
  for (const query of ['limit=0', 'limit=101', 'limit=two', 'after=job_1', 'page=2'])
    expect((await ask(`/v1/assets?${query}`)).status).toBe(400);
});

test('an Idempotency-Key belongs to one file', async () => {
  const { ask } = await assetsEdge();
  const send = (bytes: Uint8Array<ArrayBuffer>) =>
    ask('/v1/assets', {
      ...file(bytes, 'image/jpeg'),
      headers: { 'content-type': 'image/jpeg', 'idempotency-key': 'k' },
    });
  expect((await send(jpegHeader(3, 2))).status).toBe(201);
  expect((await send(jpegHeader(2, 3))).status).toBe(422);
});
