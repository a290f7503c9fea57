/** Scenes for the finder: a view of a photo with one to three things that object edits name, or that they don't. */

import { harmonised } from '../../compositions/harmony.ts';
import { cutoutLayer, type Layer, margined, softened, tinted } from '../../compositions/layer.ts';
import { castShadow, coverWith } from '../../compositions/overlay.ts';
import { boxOf } from '../../compositions/scene.ts';
import { worn } from '../../compositions/wear.ts';
import { unitHash } from '../../data/split.ts';
import type { CutoutStore, ObjectStore, PhotoStore } from '../../data/store.ts';
import { between, type Dice, dice } from '../../dice.ts';
import { type ObjectId, objectIds } from '../../edits.ts';
import type { Mask, Pixels } from '../../pixels.ts';
import { randomView, type Size } from '../view.ts';
import { findNouns } from './find-nouns.ts';

export interface FindSources {
  readonly photos: PhotoStore;
  /** Things to be found. */
  readonly cutouts: CutoutStore;
  /** Other things, laid over photos so that not everything that was laid there is one of the first. */
  readonly objects: ObjectStore;
}

/** A thing in a scene. */
export interface FoundThing {
  readonly object: ObjectId;
  /** [x0, y0, x1, y1] in pixels of the square. */
  readonly box: readonly [number, number, number, number];
}

/** A scene in the middle of a square. */
export interface FindScene {
  /** Interleaved RGB, [side, side, 3]; the margin is 0. */
  readonly image: Uint8Array;
  readonly things: readonly FoundThing[];
}

/** Which scenes to make. */
export interface FindScenePlan {
  readonly side: number;
  readonly seed: number;
  /** Scenes of a chunk. */
  readonly scenes: number;
}

/** Share of scenes with one, two and three things. */
const counts = [0.55, 0.33, 0.12] as const;
/** Share of things that have another name. */
const otherShare = 0.25;
/** A thing of which less than this share is left to see is not to be found. */
const leastVisible = 0.35;

/** A tenth of the training designs is kept from training: how sure is sure enough is chosen on them. */
export function isForChoosing(id: string): boolean {
  return unitHash(`choose/${id}`) < 0.1;
}

/** Makes chunk `index` of the endless list that the seed names. */
export async function makeFindScenes(
  sources: FindSources,
  plan: FindScenePlan,
  index: number,
): Promise<FindScene[]> {
  const drawers = drawersOf(sources);
  const scenes: FindScene[] = [];
  for (let i = 0; i < plan.scenes; i++)
    scenes.push(
      await findScene(sources.photos, drawers, plan.side, dice(plan.seed, index * plan.scenes + i)),
    );
  return scenes;
}

interface Drawn {
  /** Absent: it has another name. */
  readonly object?: ObjectId;
  readonly layer: Layer;
}

interface Drawers {
  readonly named: (side: number, random: Dice) => Drawn;
  readonly other: (side: number, random: Dice) => Drawn;
}

function drawersOf({ cutouts, objects }: FindSources): Drawers {
  const pick = <T>(from: readonly T[], random: Dice): T => from[Math.floor(random() * from.length)] as T;
  const byNoun = objectIds.map((object) => {
    const all = [...cutouts.entries.keys()];
    return { object, indices: all.filter((i) => cutouts.entries[i]?.object === object) };
  });
  const nouns = byNoun.filter(({ indices }) => indices.length > 0);
  const taken = new Set(findNouns().flatMap(({ english }) => english));
  const isOther = (noun: string): boolean => !noun.split(' ').some((word) => taken.has(word));
  const others = [...objects.entries.keys()].filter((i) => isOther(objects.entries[i]?.noun ?? ''));
  return {
    named: (side, random) => {
      const { object, indices } = pick(nouns, random);
      const drawn = cutoutLayer(cutouts.cutout(pick(indices, random)), side, random);
      return { object, layer: random() < 0.5 ? tinted(drawn, random) : drawn };
    },
    other: (side, random) => ({ layer: cutoutLayer(objects.cutout(pick(others, random)), side, random) }),
  };
}

async function findScene(
  photos: PhotoStore,
  drawers: Drawers,
  side: number,
  random: Dice,
): Promise<FindScene> {
  const short = Math.round(side * between(random, 0.55, 1));
  const size = random() < 0.6 ? { width: side, height: short } : { width: short, height: side };
  const image = randomView(photos.photo(Math.floor(random() * photos.entries.length)), size, random);
  const placed: { object?: ObjectId; mask: Mask; area: number }[] = [];
  const roll = random();
  const count = roll < counts[0] ? 1 : roll < counts[0] + counts[1] ? 2 : 3;
  for (let i = 0; i < count; i++) {
    const reach = Math.min(size.width, size.height) * between(random, 0.2, 0.75);
    const { object, layer } = (random() < otherShare ? drawers.other : drawers.named)(reach, random);
    const mask = lay(image, layer, random);
    for (const { mask: hidden } of placed)
      hidden.data.forEach((value, at) => {
        hidden.data[at] = value * (1 - (mask.data[at] as number));
      });
    placed.push({ ...(object && { object }), mask, area: weightOf(mask) });
  }
  const offset = { left: Math.floor((side - size.width) / 2), top: Math.floor((side - size.height) / 2) };
  const things = placed.flatMap(({ object, mask, area }): FoundThing[] => {
    const box = boxOf(mask);
    if (!object || !box || weightOf(mask) < leastVisible * area) return [];
    const [x0, y0, x1, y1] = box;
    const { left, top } = offset;
    return [{ object, box: [x0 + left, y0 + top, x1 + left, y1 + top] }];
  });
  return { image: squared(await worn(image, random), size, side, offset), things };
}

/** As photos are composed for edits half of the time, else with what makes a thing look as if it had been there. */
function lay(image: Pixels, drawn: Layer, random: Dice): Mask {
  const isPlain = random() < 0.5;
  const layer = isPlain ? drawn : softened(margined(drawn, 4), between(random, 0.2, 1.2));
  const left = Math.floor(random() * Math.max(1, image.width - layer.width + 1));
  const top = Math.floor(random() * Math.max(1, image.height - layer.height + 1));
  if (isPlain) return coverWith(image, layer, left, top);
  const fitted = random() < 0.5 ? harmonised(layer, image, left, top, random) : layer;
  if (random() < 0.6) castShadow(image, fitted, left, top, random);
  return coverWith(image, fitted, left, top);
}

function weightOf({ data }: Mask): number {
  return data.reduce((sum, value) => sum + value, 0);
}

function squared(
  bytes: Uint8Array,
  { width, height }: Size,
  side: number,
  { left, top }: { readonly left: number; readonly top: number },
): Uint8Array {
  const square = new Uint8Array(side * side * 3);
  for (let y = 0; y < height; y++)
    square.set(bytes.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * side + left) * 3);
  return square;
}
