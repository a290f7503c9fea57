import { expect, test } from 'vitest';
import type { PhotoStore } from '../../data/store.ts';
import { readRealMasks } from './annotations.ts';
import { realPictures } from './known-pictures.ts';

test('outlined photos are those that the store has, with all their things', async () => {
  const masks = await readRealMasks();
  const own = masks.filter(({ photo }) => photo === 'darknet:giraffe');
  const [height, width] = own[0]?.rle.size ?? [0, 0];
  const rgb = new Uint8Array(width * height * 3);
  const entry = {
    id: 'darknet:giraffe',
    package: 'darknet',
    width,
    height,
    path: '',
    offset: 0,
    licence: 'MIT',
  };
  const photos: PhotoStore = {
    entries: [{ ...entry, split: 'evaluation' }],
    photo: () => ({ width, height, rgb }),
  };
  const { pictures, missing } = await realPictures(photos);
  expect(pictures.map(({ id, things }) => [id, things.map(({ object }) => object)])).toEqual([
    ['darknet:giraffe', ['giraffe', 'zebra']],
  ]);
  expect(pictures[0]?.raster).toEqual({ width, height, channels: 3, data: rgb });
  expect(missing).toBe(new Set(masks.map(({ photo }) => photo)).size - 1);
});
