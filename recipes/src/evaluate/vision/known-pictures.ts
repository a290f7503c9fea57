/** Pictures with things whose outlines are known: composed ones, and real photos that were outlined by eye. */
import type { BinaryMask } from '@darkroom/gpu-worker/vision/binary-mask';
import { decodeRle } from '@darkroom/gpu-worker/vision/mask-rle';
import { composeScene, type SceneSources } from '../../compositions/scene.ts';
import { worn } from '../../compositions/wear.ts';
import type { PhotoStore } from '../../data/store.ts';
import { dice } from '../../dice.ts';
import type { Mask } from '../../pixels.ts';
import { type RealMask, readRealMasks } from './annotations.ts';
import type { KnownPicture } from './segment-quality.ts';

/** No other use of the dice draws these. */
const sceneSeed = 77_001;
const [longSide, shortSide] = [640, 480];

/** Scene `index` of an endless list, always the same; it may hold no thing. */
export async function composedPicture(sources: SceneSources, index: number): Promise<KnownPicture> {
  const random = dice(sceneSeed, index);
  const isUpright = index % 2 === 1;
  const [width, height] = isUpright ? [shortSide, longSide] : [longSide, shortSide];
  const { image, instances } = composeScene(sources, { width, height }, random);
  return {
    id: `scene ${index}`,
    raster: { width, height, channels: 3, data: await worn(image, random) },
    things: instances.map(({ noun, mask }) => ({ object: noun ?? 'piece of a photo', mask: binaryOf(mask) })),
  };
}

function binaryOf({ width, height, data }: Mask): BinaryMask {
  return { width, height, data: Uint8Array.from(data, (value) => Number(value >= 0.5)) };
}

/** The outlined photos that the store has, and how many it lacks. */
export async function realPictures(
  photos: PhotoStore,
): Promise<{ readonly pictures: readonly KnownPicture[]; readonly missing: number }> {
  const byPhoto = Map.groupBy(await readRealMasks(), ({ photo }) => photo);
  const pictures = [...byPhoto].flatMap(([id, masks]) => pictureOf(photos, id, masks));
  return { pictures, missing: byPhoto.size - pictures.length };
}

function pictureOf(photos: PhotoStore, id: string, masks: readonly RealMask[]): KnownPicture[] {
  const index = photos.entries.findIndex((entry) => entry.id === id);
  if (index < 0) return [];
  const { width, height, rgb } = photos.photo(index);
  const things = masks.map(({ object, rle }) => ({ object, mask: decodeRle(rle) }));
  return [{ id, raster: { width, height, channels: 3, data: rgb }, things }];
}
