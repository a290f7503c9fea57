import { env } from 'cloudflare:workers';
import type { R2Bucket } from '@cloudflare/workers-types';
import { makeId } from '@darkroom/shared/ids';
import { describe, expect, test } from 'vitest';
import { join, jpegHeader, pngHeader, segment } from '../../../../test/support/picture-headers.ts';
import { awaitedMs, findAsset, imageRefOf, insertAwaited } from '../db/assets.ts';
import { openDatabase } from '../db/database.ts';
import { assetPrefix, uploadKey } from './asset-keys.ts';
import { sha256Hex } from './digest.ts';
import type { ImageStore } from './image-store.ts';
import { keepAsset } from './keep-asset.ts';
import { createImageStore } from './r2-images.ts';

const nowMs = 1_700_000_000_000;
const projectId = 'project';
const bucket = (env as unknown as { readonly IMAGES: R2Bucket }).IMAGES;
const vars = { S3_ENDPOINT: 'https://store.example', S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'secret' };
const images = createImageStore(bucket, vars, { nowMs: () => nowMs });
const db = openDatabase(env.DB);
const deps = { db, images, nowMs: () => nowMs };
const newId = () => makeId('asset', nowMs, crypto.getRandomValues(new Uint8Array(10)));
const photo = jpegHeader(30, 20, segment(0xe1, 'Exif\0\0 taken at home'));
const asked = (assetId: string, bytes: Uint8Array<ArrayBuffer> = photo) => ({
  projectId,
  keyId: 'key',
  assetId,
  bytes: bytes.buffer,
  retentionMs: null,
});

describe('keepAsset', () => {
  test('stores a picture as it came and tells what it is', async () => {
    const row = await keepAsset(deps, asked(newId()));
    expect(row).toMatchObject({ width: 30, height: 20, finalizedAtMs: nowMs, eraseAtMs: null });
    const ref = imageRefOf(row);
    expect(ref).toEqual({
      key: row.objectKey,
      sha256: await sha256Hex(photo.buffer),
      sizeBytes: photo.length,
      mime: 'image/jpeg',
    });
    expect(await images.head(ref.key)).toMatchObject({ mime: 'image/jpeg', sizeBytes: photo.length });
    expect(await new Response(await images.read(ref.key)).bytes()).toEqual(photo);
  });

  test('said twice, or twice at one time, is said once', async () => {
    const id = newId();
    const rows = await Promise.all([1, 2, 3].map(() => keepAsset(deps, asked(id))));
    rows.push(await keepAsset({ ...deps, nowMs: () => nowMs + 5 }, asked(id)));
    for (const row of rows) expect(row).toEqual(rows[0]);
    expect(await images.list(assetPrefix({ projectId, id }))).toHaveLength(1);
  });

  test('refuses another file under an id that is taken', async () => {
    const id = newId();
    await keepAsset(deps, asked(id));
    await expect(keepAsset(deps, asked(id, pngHeader(3, 2)))).rejects.toMatchObject({ code: 'conflict' });
    expect(await images.list(assetPrefix({ projectId, id }))).toHaveLength(1);
  });

  test('that broke off is carried on by the next try', async () => {
    const id = newId();
    const put = async () => {
      throw new Error('the store is down');
    };
    const broken: ImageStore = { ...images, put };
    await expect(keepAsset({ ...deps, images: broken }, asked(id))).rejects.toThrow('the store is down');
    expect(await findAsset(db, { projectId, id }, nowMs)).toMatchObject({ finalizedAtMs: null });
    expect(await keepAsset(deps, asked(id))).toMatchObject({ finalizedAtMs: nowMs });
  });

  test('holds a file to what was said of it', async () => {
    const said = { mime: 'image/jpeg', sizeBytes: photo.length, sha256: await sha256Hex(photo.buffer) };
    for (const [changes, code] of [
      [{ mime: 'image/png' }, 'unsupported_media'],
      [{ sizeBytes: 1 }, 'invalid_request'],
      [{ sha256: '0'.repeat(64) }, 'invalid_request'],
    ] as const) {
      const announced = { ...said, ...changes };
      await expect(keepAsset(deps, { ...asked(newId()), announced })).rejects.toMatchObject({ code });
    }
    expect(await keepAsset(deps, { ...asked(newId()), announced: said })).toMatchObject({
      mime: 'image/jpeg',
    });
  });

  test('keeps nothing of what is no picture', async () => {
    const id = newId();
    await expect(keepAsset(deps, asked(id, join('GIF89a')))).rejects.toMatchObject({
      code: 'unsupported_media',
    });
    expect(await findAsset(db, { projectId, id }, nowMs)).toBeUndefined();
  });
});

describe('an awaited picture', () => {
  const announce = (id: string) =>
    insertAwaited(db, {
      id,
      projectId,
      keyId: 'key',
      objectKey: uploadKey(id),
      mime: 'image/png',
      sizeBytes: 9,
      sha256: null,
      createdAtMs: nowMs,
      eraseAtMs: null,
    });

  test('is nothing that a job can be given', async () => {
    const row = await announce(newId());
    expect(() => imageRefOf(row)).toThrow(expect.objectContaining({ code: 'conflict' }));
  });

  test('is there for an hour, of its project', async () => {
    const { id } = await announce(newId());
    expect(await findAsset(db, { projectId, id }, nowMs + awaitedMs - 1)).toBeDefined();
    expect(await findAsset(db, { projectId, id }, nowMs + awaitedMs)).toBeUndefined();
    expect(await findAsset(db, { projectId: 'another', id }, nowMs)).toBeUndefined();
  });
});
