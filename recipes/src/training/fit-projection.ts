import { openPhotos } from '../data/store.ts';
import { dice } from '../dice.ts';
import type { Pixels } from '../pixels.ts';
import { fitPatchProjection } from './patch-pca.ts';
import { writeProjection } from './projection-file.ts';
import { randomView } from './view.ts';

const viewSize = { width: 128, height: 128 };
const views = 600;

/** Fits the autoencoder's linear projection to views of the training photos. */
export async function fitProjection(cache: string, file: string, seed: number): Promise<void> {
  const photos = await openPhotos(cache, ['train']);
  function* draw(): Iterable<Pixels> {
    for (let i = 0; i < views; i++) {
      const random = dice(seed, i);
      yield randomView(photos.photo(Math.floor(random() * photos.entries.length)), viewSize, random);
    }
  }
  await writeProjection(file, fitPatchProjection(draw(), 8, 16));
}
