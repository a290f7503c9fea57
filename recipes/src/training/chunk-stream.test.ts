import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ChunkStream } from './chunk-stream.ts';
import { openSources, writeDrawnStores } from './drawn-store.ts';
import { drawExample } from './example.ts';
import { encodePixels, fitPatchProjection, type PatchProjection } from './patch-pca.ts';
import { writeProjection } from './projection-file.ts';

const size = { width: 32, height: 32 };
const examples = 3;
let cache: string;
let projection: PatchProjection;

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'chunk-stream-'));
  await writeDrawnStores(cache, 4);
  const sources = await openSources(cache);
  projection = fitPatchProjection(
    Array.from({ length: 30 }, (_, i) => drawExample(sources, size, 5, i).before),
    8,
    8,
  );
  await writeProjection(join(cache, 'projection.safetensors'), projection);
});
afterAll(() => rm(cache, { recursive: true }));

function open(folder: string, changes: { seed?: number; examples?: number; cache?: string } = {}) {
  const work = {
    cache,
    projection: join(cache, 'projection.safetensors'),
    size,
    seed: 1,
    curriculum: 'tone' as const,
    examples,
    ...changes,
  };
  return ChunkStream.open(join(cache, folder), work, 2);
}

it('moves the window on by one chunk when its examples have been seen twice', async () => {
  await using stream = await open('moving');
  const lengths: number[] = [];
  for (const seen of [0, 5, 6, 11, 12]) lengths.push((await stream.window(seen)).length);
  expect(lengths).toEqual([1, 1, 2, 2, 3]);
  const [first, second] = await stream.window(6);
  expect(await stream.window(6)).toEqual([first, second]);
  const sources = await openSources(cache);
  expect(second?.before(1)).toEqual(
    encodePixels(projection, drawExample(sources, size, 1, examples + 1).before),
  );
});

it('lets the oldest of twelve chunks go', async () => {
  await using stream = await open('long', { examples: 1 });
  const window = await stream.window(2 * 13);
  expect(window).toHaveLength(12);
  const sources = await openSources(cache);
  expect(window[0]?.after(0)).toEqual(encodePixels(projection, drawExample(sources, size, 1, 2).after));
  const files = await readdir(join(cache, 'long'));
  expect(files).not.toContain('chunk-0000.safetensors');
  expect(files).toContain('chunk-0013.safetensors');
});

it('says why no chunk can be made, whether or not one was waited for', async () => {
  const broken = { cache: join(cache, 'nowhere') };
  // Both stores are opened at once; either may be the first to fail.
  const missing = /expected (photos|cutouts)\.json in .*nowhere/;
  await using waiting = await open('broken', broken);
  await expect(waiting.window(0)).rejects.toThrow(missing);

  {
    await using stream = await open('stored');
    await stream.window(0);
    await stream.window(6); // so that two chunks are there
  }
  await rm(join(cache, 'stored', 'chunk-0002.safetensors'), { force: true });
  await using late = await open('stored', broken);
  await late.window(0);
  await expect(late.window(6).then(() => late.window(12))).rejects.toThrow(missing);
});

it('refuses chunks of another length', async () => {
  {
    await using stream = await open('mixed');
    await stream.window(0);
  }
  await cp(join(cache, 'mixed'), join(cache, 'mixed-again'), { recursive: true });
  await using stream = await open('mixed-again', { examples: 5 });
  await expect(stream.window(0)).rejects.toThrow(/chunk-0000.*expected 5 examples, came 3/);
});
