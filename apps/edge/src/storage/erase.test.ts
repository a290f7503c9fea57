import { env } from 'cloudflare:workers';
import type { R2Bucket } from '@cloudflare/workers-types';
import { makeId } from '@darkroom/shared/ids';
import { beforeEach, describe, expect, test } from 'vitest';
import { Ledger, priceOfMicros, startMs } from '../../../../test/support/ledger.ts';
import { pngHeader } from '../../../../test/support/picture-headers.ts';
import { findAsset, insertAwaited, maxNamed } from '../db/assets.ts';
import { jobOutputs, usage } from '../db/schema.ts';
import { settle } from '../metering/settle.ts';
import { uploadKey } from './asset-keys.ts';
import { eraseAsset, eraseDue, eraseJob } from './erase.ts';
import type { ImageStore } from './image-store.ts';
import { keepAsset } from './keep-asset.ts';
import { createImageStore } from './r2-images.ts';

const hourMs = 3_600_000;
const png = pngHeader(6, 4);
const bucket = (env as unknown as { readonly IMAGES: R2Bucket }).IMAGES;
const vars = { S3_ENDPOINT: 'https://store.example', S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'secret' };
const images = createImageStore(bucket, vars, { nowMs: () => startMs });
const newId = () => makeId('asset', startMs, crypto.getRandomValues(new Uint8Array(10)));

/** What one test leaves is due in the next. */
beforeEach(async () => {
  await env.DB.batch(
    ['assets', 'jobs', 'job_outputs', 'usage'].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  );
  await images.delete(await images.list(''));
});

/** A project whose pictures and jobs are made at `startMs`, and what erases them at another time. */
async function stage() {
  const ledger = await Ledger.open();
  const { db, projectId, keyId } = ledger;
  const at = (nowMs: number, store: ImageStore = images) => ({ db, images: store, nowMs: () => nowMs });
  const keep = async (retentionMs: number | null = null) => {
    const asset = { projectId, keyId, assetId: newId(), bytes: png.buffer, retentionMs };
    return await keepAsset(at(startMs), asset);
  };
  const announce = async () => {
    const id = newId();
    const row = { id, projectId, keyId, objectKey: uploadKey(id), mime: 'image/png', sizeBytes: 9 };
    return await insertAwaited(db, { ...row, sha256: null, createdAtMs: startMs, eraseAtMs: null });
  };
  const isKept = async (id: string) => (await findAsset(db, { projectId, id }, startMs)) !== undefined;
  return { ledger, db, projectId, at, keep, announce, isKept };
}

/** A job that has delivered a picture. */
async function finishedJob({ ledger }: Awaited<ReturnType<typeof stage>>) {
  const jobId = await ledger.admit(priceOfMicros(5));
  const key = `out/${jobId}/1/0.png`;
  for (const name of [key, `out/${jobId}/1/checkpoint`]) await images.put(name, png.buffer, 'image/png');
  const picture = {
    key,
    sha256: 'a'.repeat(64),
    sizeBytes: 9,
    mime: 'image/png',
    width: 6,
    height: 4,
  } as const;
  const model = { id: 'darkroom/edit', sha256: 'b'.repeat(64) };
  const ending = { state: 'succeeded', outputs: [picture], model } as const;
  await settle(ledger.db, { jobId, fence: 1, ending, nowMs: startMs });
  return jobId;
}

describe('eraseDue', () => {
  test('erases pictures whose time is over, bytes and rows, and leaves the others', async () => {
    const { at, keep, isKept } = await stage();
    const [over, later, forever] = [await keep(60_000), await keep(60_001), await keep()];
    expect(await eraseDue(at(startMs + 60_000), 10)).toBe(1);
    expect([await isKept(over.id), await isKept(later.id), await isKept(forever.id)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(await images.head(over.objectKey)).toBeUndefined();
    expect(await images.head(later.objectKey)).toBeDefined();
    expect(await eraseDue(at(startMs + 60_000), 10)).toBe(0);
  });

  test('erases what was awaited for an hour, with what was sent', async () => {
    const { at, announce, isKept } = await stage();
    const { id } = await announce();
    await images.put(uploadKey(id), png.buffer, 'image/png');
    expect(await eraseDue(at(startMs + hourMs - 1), 10)).toBe(0);
    expect(await images.head(uploadKey(id))).toBeDefined();
    expect(await eraseDue(at(startMs + hourMs), 10)).toBe(1);
    expect(await isKept(id)).toBe(false);
    expect(await images.head(uploadKey(id))).toBeUndefined();
  });

  test('deletes files that were sent for pictures that are ready or gone', async () => {
    const { at, keep, announce } = await stage();
    const [ready, awaited] = [await keep(), await announce()];
    for (const id of [ready.id, newId(), awaited.id])
      await images.put(uploadKey(id), png.buffer, 'image/png');
    expect(await eraseDue(at(startMs), 10)).toBe(2);
    expect(await images.list('up/')).toEqual([uploadKey(awaited.id)]);
    expect(await images.head(ready.objectKey)).toBeDefined();
  });

  test('erases ended jobs whose time is over, and keeps what they cost', async () => {
    const staged = await stage();
    const { db, at, ledger } = staged;
    const jobId = await finishedJob(staged);
    const open = await ledger.admit(priceOfMicros(5));
    await env.DB.prepare('UPDATE jobs SET erase_at_ms = ?')
      .bind(startMs + 1000)
      .run();
    expect(await eraseDue(at(startMs + 999), 10)).toBe(0);
    expect(await eraseDue(at(startMs + 1000), 10)).toBe(1);
    expect(await ledger.job(jobId)).toBeUndefined();
    expect(await ledger.job(open)).toBeDefined();
    expect(await images.list(`out/${jobId}/`)).toEqual([]);
    expect(await db.select().from(jobOutputs)).toEqual([]);
    expect(await db.select().from(usage)).toMatchObject([{ jobId, micros: 5 }]);
  });
});

describe('eraseDue, in parts', () => {
  test('erases no more than it is told, and the rest when it is called again', async () => {
    const { at, keep } = await stage();
    for (let n = 0; n < 5; n++) await keep(1);
    expect(await eraseDue(at(startMs + 1), 3)).toBe(3);
    expect(await eraseDue(at(startMs + 1), 3)).toBe(2);
    expect(await eraseDue(at(startMs + 1), 3)).toBe(0);
  });

  test('erases more than one statement can name', async () => {
    const { at, keep } = await stage();
    await Promise.all(Array.from({ length: maxNamed + 5 }, () => keep(1)));
    expect(await eraseDue(at(startMs + 1), 1000)).toBe(maxNamed + 5);
  });

  test.each(['list', 'delete'] as const)('goes on where it broke off in %s', async (method) => {
    const staged = await stage();
    const { at, keep, projectId, ledger } = staged;
    await keep(1);
    const jobId = await finishedJob(staged);
    await env.DB.prepare('UPDATE jobs SET erase_at_ms = 1').run();
    let calls = 0;
    const breaking: ImageStore = {
      ...images,
      [method]: async (...given: never[]) => {
        calls++;
        if (calls === 2) throw new Error('the store is down');
        return await (images[method] as (...all: never[]) => Promise<unknown>)(...given);
      },
    };
    await expect(eraseDue(at(startMs + 1, breaking), 10)).rejects.toThrow('the store is down');
    await eraseDue(at(startMs + 1), 10);
    expect(await ledger.job(jobId)).toBeUndefined();
    expect([...(await images.list(`p/${projectId}/`)), ...(await images.list(`out/${jobId}/`))]).toEqual([]);
    expect(await eraseDue(at(startMs + 1), 10)).toBe(0);
  });
});

describe('eraseAsset', () => {
  test('that breaks off has hidden the picture, and is carried on by eraseDue', async () => {
    const { at, keep, projectId, isKept } = await stage();
    const { id, objectKey } = await keep();
    const list = async () => {
      throw new Error('the store is down');
    };
    await expect(eraseAsset(at(startMs, { ...images, list }), { projectId, id })).rejects.toThrow();
    expect(await isKept(id)).toBe(false);
    expect(await eraseDue(at(startMs), 10)).toBe(1);
    expect(await images.head(objectKey)).toBeUndefined();
  });

  test('finds no picture of another project', async () => {
    const { at, keep, isKept } = await stage();
    const { id } = await keep();
    await expect(eraseAsset(at(startMs), { projectId: 'another', id })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await isKept(id)).toBe(true);
  });
});

describe('eraseJob', () => {
  test('erases an ended job at once, and keeps what it cost', async () => {
    const staged = await stage();
    const { db, at, projectId, ledger } = staged;
    const jobId = await finishedJob(staged);
    await eraseJob(at(startMs), projectId, jobId);
    expect(await ledger.job(jobId)).toBeUndefined();
    expect(await images.list(`out/${jobId}/`)).toEqual([]);
    expect((await db.select().from(usage)).filter((row) => row.jobId === jobId)).toHaveLength(1);
    await expect(eraseJob(at(startMs), projectId, jobId)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('leaves a job that has not ended, and jobs of other projects', async () => {
    const staged = await stage();
    const { at, projectId, ledger } = staged;
    const open = await ledger.admit(priceOfMicros(5));
    await expect(eraseJob(at(startMs), projectId, open)).rejects.toMatchObject({ code: 'conflict' });
    const ended = await finishedJob(staged);
    await expect(eraseJob(at(startMs), 'another', ended)).rejects.toMatchObject({ code: 'not_found' });
    for (const id of [open, ended]) expect(await ledger.job(id)).toMatchObject({ eraseAtMs: null });
  });
});
