/** Endless training pictures: views of photos, half of them with things laid over. */

import { composeScene, type SceneInstance } from '../../compositions/scene.ts';
import type { Split } from '../../data/split.ts';
import {
  type ObjectEntry,
  type ObjectStore,
  openCutouts,
  openObjects,
  openPhotos,
  type PhotoStore,
} from '../../data/store.ts';
import { type Dice, dice } from '../../dice.ts';
import type { Pixels } from '../../pixels.ts';
import { randomView, type Size } from '../view.ts';
import { nounOfStored } from './nouns.ts';

/** Something laid over a photo. */
export interface ShownThing {
  /** Name in the stores. */
  readonly stored: string;
  readonly colour?: string;
}

/** What a picture is known to show. */
export interface PictureFacts {
  /** The photo's id. */
  readonly photo: string;
  /** What was laid over it, the largest first; none: it is the photo itself. */
  readonly things: readonly ShownThing[];
}

/** What pictures are made of. */
export interface PictureSources {
  readonly photos: PhotoStore;
  /** Only what captions can name. */
  readonly objects: ObjectStore;
}

const viewSide = 384;
/** Share of pictures with things laid over. */
const composedShare = 0.5;
/** A thing with less than this share of the picture goes unsaid. */
const leastSaid = 0.012;

/** Photos, and the cut-outs of both stores, of one side of the split. */
export async function openPictureSources(cache: string, split: Split): Promise<PictureSources> {
  const [photos, objects, cutouts] = [
    await openPhotos(cache, [split]),
    await openObjects(cache, [split]),
    await openCutouts(cache, [split]),
  ];
  const all = [
    ...objects.entries.map((entry, i) => ({ entry, cutout: () => objects.cutout(i) })),
    ...cutouts.entries.map(({ object, ...rest }, i) => ({
      entry: { ...rest, noun: object, kind: 'drawing' } satisfies ObjectEntry & { name: string },
      cutout: () => cutouts.cutout(i),
    })),
  ].filter(({ entry }) => nounOfStored(entry.noun));
  return {
    photos,
    objects: {
      entries: all.map(({ entry }) => entry),
      cutout: (index) => {
        const found = all[index];
        if (!found) throw new RangeError(`expected an index below ${all.length}, came ${index}`);
        return found.cutout();
      },
    },
  };
}

/** Picture `index` of the list that a seed names. */
export function drawPicture(
  sources: PictureSources,
  seed: number,
  index: number,
): { readonly image: Pixels; readonly facts: PictureFacts } {
  const random = dice(seed, index);
  const chosen = Math.floor(random() * sources.photos.entries.length);
  const photo = sources.photos.photo(chosen);
  const id = sources.photos.entries[chosen]?.id as string;
  if (random() >= composedShare) {
    const shape = { width: viewSide, height: Math.round((viewSide * photo.height) / photo.width) };
    return { image: randomView(photo, shape, random), facts: { photo: id, things: [] } };
  }
  const { image, instances } = composeScene(
    { photos: onlyOne(sources.photos, chosen), objects: someOf(sources.objects, random) },
    drawShape(random),
    random,
    ['render', 'photo', 'drawing'],
  );
  const area = image.width * image.height;
  const said = instances
    .map((instance) => ({ instance, share: coverOf(instance) / area }))
    .filter(({ share }) => share >= leastSaid)
    .toSorted((a, b) => b.share - a.share)
    .map(({ instance: { noun, colour } }) => ({ stored: noun as string, ...(colour && { colour }) }));
  return { image, facts: { photo: id, things: said } };
}

function coverOf({ mask }: SceneInstance): number {
  return mask.data.reduce((sum, value) => sum + value, 0);
}

function drawShape(random: Dice): Size {
  const shapes = [
    { width: viewSide, height: 288 },
    { width: 320, height: 320 },
    { width: 288, height: viewSide },
  ];
  return shapes[Math.floor(random() * shapes.length)] as Size;
}

function onlyOne({ entries, photo }: PhotoStore, chosen: number): PhotoStore {
  return { entries: entries.slice(chosen, chosen + 1), photo: () => photo(chosen) };
}

/** The pictures of one to three nouns, each noun as likely as any other. */
function someOf({ entries, cutout }: ObjectStore, random: Dice): ObjectStore {
  const named = [...new Set(entries.map(({ noun }) => nounOfStored(noun)?.one))];
  const count = 1 + Math.floor(random() * 3);
  const wanted = new Set(Array.from({ length: count }, () => named[Math.floor(random() * named.length)]));
  const indices = [...entries.keys()].filter((i) =>
    wanted.has(nounOfStored(entries[i]?.noun as string)?.one),
  );
  return {
    entries: indices.map((i) => entries[i] as ObjectEntry),
    cutout: (index) => cutout(indices[index] as number),
  };
}
