/** Signed addresses against an S3 interface that checks them: that of the local bucket. */
import { createImageStore } from '@darkroom/edge/storage/r2-images';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EdgeServer } from '../support/edge-server.ts';

const file = new TextEncoder().encode('not a picture, but nobody looks');
const mime = 'image/png';
const key = 'up/asset_00000000000000000000000000';
const put = { mime, sizeBytes: file.length, ttlSeconds: 60 };

let server: EdgeServer;
beforeAll(async () => {
  server = await EdgeServer.open();
}, 120_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Signs only, so that it needs no bucket; as if it were so much later. */
function signer(laterMs = 0) {
  const vars = {
    S3_ENDPOINT: `${server.origin}/cdn-cgi/local/r2/s3/darkroom-images`,
    S3_ACCESS_KEY_ID: 'darkroom-local',
    S3_SECRET_ACCESS_KEY: 'darkroom-local-secret',
  };
  const bucket = undefined as unknown as Parameters<typeof createImageStore>[0];
  return createImageStore(bucket, vars, { nowMs: () => Date.now() + laterMs });
}

async function send(url: string, body: Uint8Array<ArrayBuffer> = file, type = mime): Promise<number> {
  const answer = await fetch(url, { method: 'PUT', body, headers: { 'content-type': type } });
  await answer.arrayBuffer();
  return answer.status;
}

const statusOf = async (url: string, method = 'GET') => (await fetch(url, { method })).status;

function changed(url: string, change: (url: URL) => void): string {
  const other = new URL(url);
  change(other);
  return other.href;
}

describe('a signed address', () => {
  it('takes the file, and another gives it back', async () => {
    expect(await send((await signer().signPut(key, put)).url)).toBe(200);
    const answer = await fetch((await signer().signGet(key, 60)).url);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, mime]);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(file);
  });

  it('is for one type and one size', async () => {
    const { url } = await signer().signPut(key, put);
    expect(await send(url, file, 'text/html')).toBe(403);
    expect(await send(url, file.slice(1))).toBe(403);
    expect(await send(url, Uint8Array.from([...file, 0]))).toBe(403);
  });

  it('is for one key, one method and one life', async () => {
    const { url: toPut } = await signer().signPut(key, put);
    const { url: toGet } = await signer().signGet(key, 60);
    expect(await statusOf(toPut)).toBe(403);
    expect(await send(toGet)).toBe(403);
    expect(await statusOf(toGet, 'DELETE')).toBe(403);
    const tampered = [
      changed(toGet, (url) => {
        url.pathname = url.pathname.replace('asset_0', 'asset_1');
      }),
      changed(toGet, (url) => {
        url.pathname = `${url.pathname}/../other`;
      }),
      changed(toGet, ({ searchParams }) => searchParams.set('X-Amz-Expires', '3600')),
      changed(toGet, ({ searchParams }) => searchParams.set('X-Amz-SignedHeaders', 'host;x-other')),
      changed(toGet, ({ searchParams }) => searchParams.set('X-Amz-Signature', '0'.repeat(64))),
    ];
    for (const url of tampered) expect(await statusOf(url)).toBe(403);
    const unsigned = changed(toGet, ({ searchParams }) => searchParams.delete('X-Amz-Signature'));
    expect(await statusOf(unsigned)).toBeGreaterThanOrEqual(400);
  });

  it('ends', async () => {
    const store = signer(-120_000);
    expect(await statusOf((await store.signGet(key, 60)).url)).toBe(403);
    expect(await send((await store.signPut(key, put)).url)).toBe(403);
    expect(await statusOf((await store.signGet(key, 600)).url)).toBe(200);
  });
});
