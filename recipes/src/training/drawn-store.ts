/** Small photo and cut-out stores drawn in code, in the layout of the fetched ones: test material. */
import { drawnSources } from '../compositions/drawn-sources.ts';
import {
  type CutoutEntry,
  type ObjectEntry,
  openCutouts,
  openPhotos,
  type PhotoEntry,
} from '../data/store.ts';
import { type DecodedPicture, writeStore } from '../data/store-writer.ts';
import { dice } from '../dice.ts';
import { type ObjectId, objectIds } from '../edits.ts';
import { drawScene } from '../teachers/drawn-scene.ts';
import type { Sources } from './example.ts';

type Colour = Parameters<typeof drawnSources>[0];

const licence = 'CC0-1.0';
const photoSide = 96;
const cutoutSize = { width: 40, height: 30 };

/** Writes `count` landscapes and as many coloured ellipses, all of the training split, into `folder`. */
export async function writeDrawnStores(folder: string, count: number): Promise<void> {
  const indices = Array.from({ length: count }, (_, i) => i);
  await writeStore<PhotoEntry>(folder, 'photos', 'drawn', streamed(indices.map(drawPhoto)));
  await writeStore<CutoutEntry>(folder, 'cutouts', 'drawn', streamed(indices.map(drawCutout)));
}

/** Writes a plain photo and a disc of the given colours into `folder`, for scenes of the vision networks. */
export async function writeDrawnScenes(folder: string, ground: Colour, disc: Colour): Promise<void> {
  const { photos, objects } = drawnSources(ground, disc);
  const entries = [photos.entries[0] as PhotoEntry, objects.entries[0] as ObjectEntry] as const;
  await writeStore(folder, 'photos', 'drawn', streamed([{ entry: entries[0], pixels: photos.photo(0).rgb }]));
  await writeStore(
    folder,
    'objects',
    'drawn',
    streamed([{ entry: entries[1], pixels: objects.cutout(0).rgba }]),
  );
}

export async function openSources(folder: string): Promise<Sources> {
  return { photos: await openPhotos(folder), cutouts: await openCutouts(folder) };
}

function drawPhoto(index: number): DecodedPicture<PhotoEntry> {
  const { background } = drawScene(photoSide, dice(11, index)).object ?? {};
  if (!background) throw new Error('a drawn scene has no object');
  const id = `landscape-${index}`;
  const size = { width: background.width, height: background.height };
  return {
    entry: { id, package: 'drawn', path: `${id}.png`, ...size, licence, split: 'train' },
    pixels: Uint8Array.from(background.data, (value) => Math.round(255 * value)),
  };
}

/** An ellipse with a soft edge; its alpha at the middle is 255, at the corners 0. */
function drawCutout(index: number): DecodedPicture<CutoutEntry> {
  const { width, height } = cutoutSize;
  const random = dice(12, index);
  const colour = [random(), random(), random()].map((value) => Math.round(255 * value));
  const pixels = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const radius = Math.hypot((2 * x + 1) / width - 1, (2 * y + 1) / height - 1);
      const alpha = Math.round(255 * Math.min(1, Math.max(0, 8 * (1 - radius))));
      pixels.set([...colour, alpha], (y * width + x) * 4);
    }
  }
  const object = objectIds[index % objectIds.length] as ObjectId;
  const id = `${object}-${index}`;
  return {
    entry: { id, package: 'drawn', name: id, object, ...cutoutSize, licence, split: 'train' },
    pixels,
  };
}

async function* streamed<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
