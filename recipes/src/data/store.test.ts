import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CutoutEntry, PhotoEntry } from './store.ts';
import { openCutouts, openPhotos } from './store.ts';
import { type DecodedPicture, isStoreCurrent, writeStore } from './store-writer.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'store-'));
});
afterEach(() => rm(directory, { recursive: true }));

type Picture = DecodedPicture<PhotoEntry>;

function picture(id: string, split: PhotoEntry['split'], width: number, height: number): Picture {
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 31 + id.length) % 256);
  return { entry: { id, package: 'p', path: `${id}.png`, width, height, licence: 'PD', split }, pixels };
}

const pictures = [picture('a', 'train', 3, 2), picture('bb', 'heldout', 1, 4), picture('ccc', 'train', 2, 2)];

async function* streamed<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

test('photos come back as they were written', async () => {
  await writeStore<PhotoEntry>(directory, 'photos', 'key', streamed(pictures));
  const store = await openPhotos(directory);
  expect(store.entries.map(({ id, offset }) => [id, offset])).toEqual([
    ['a', 0],
    ['bb', 18],
    ['ccc', 30],
  ]);
  for (const [index, { entry, pixels }] of pictures.entries()) {
    const photo = store.photo(index);
    expect([photo.width, photo.height]).toEqual([entry.width, entry.height]);
    expect(Uint8Array.from(photo.rgb)).toEqual(pixels);
  }
});

test('only the wanted split is loaded, with its own pixels', async () => {
  await writeStore<PhotoEntry>(directory, 'photos', 'key', streamed(pictures));
  const store = await openPhotos(directory, ['train']);
  expect(store.entries.map(({ id }) => id)).toEqual(['a', 'ccc']);
  expect(Uint8Array.from(store.photo(1).rgb)).toEqual(pictures[2]?.pixels);
  expect(() => store.photo(2)).toThrow(RangeError);
});

test('cut-outs keep four channels', async () => {
  const rgba = Uint8Array.from([1, 2, 3, 0, 4, 5, 6, 255]);
  const entry = {
    id: 'c',
    package: 'p',
    name: 'cat',
    object: 'cat',
    width: 2,
    height: 1,
    licence: 'MIT',
    split: 'train',
  } as const;
  await writeStore<CutoutEntry>(directory, 'cutouts', 'key', streamed([{ entry, pixels: rgba }]));
  const store = await openCutouts(directory);
  expect(store.entries[0]?.object).toBe('cat');
  expect(Uint8Array.from(store.cutout(0).rgba)).toEqual(rgba);
});

test('a store is current only under its key and at its full length', async () => {
  expect(await isStoreCurrent(directory, 'photos', 'key')).toBe(false);
  await writeStore<PhotoEntry>(directory, 'photos', 'key', streamed(pictures));
  expect(await isStoreCurrent(directory, 'photos', 'key')).toBe(true);
  expect(await isStoreCurrent(directory, 'photos', 'other')).toBe(false);
  await truncate(join(directory, 'photos.bin'), 10);
  expect(await isStoreCurrent(directory, 'photos', 'key')).toBe(false);
  await expect(openPhotos(directory)).rejects.toThrow('expected 42 bytes in photos.bin, came 10');
});

test('a failed write leaves the old store as it was', async () => {
  await writeStore<PhotoEntry>(directory, 'photos', 'key', streamed(pictures));
  async function* failing(): AsyncGenerator<Picture> {
    yield picture('d', 'train', 1, 1);
    throw new Error('disk full');
  }
  await expect(writeStore<PhotoEntry>(directory, 'photos', 'new', failing())).rejects.toThrow('disk full');
  expect((await openPhotos(directory)).entries).toHaveLength(3);
});

test('a missing store names the command that makes it', async () => {
  await expect(openPhotos(directory)).rejects.toThrow('npm run data:fetch');
});

test('a damaged index is an error, not an absent store', async () => {
  await writeFile(join(directory, 'photos.json'), '{');
  await expect(openPhotos(directory)).rejects.toThrow(SyntaxError);
});
