/**
 * Composed scenes for the vision networks: a view of a photo with things laid over it, whose masks are known exactly. How
 * a thing got there should tell as little as possible: colours are matched, edges softened, shadows cast, and pieces of
 * photos are laid over it in the same way.
 */

import type { Split } from '../data/split.ts';
import {
  type ObjectEntry,
  type ObjectStore,
  openObjects,
  openPhotos,
  type PhotoStore,
} from '../data/store.ts';
import { between, type Dice } from '../dice.ts';
import type { Mask, Pixels } from '../pixels.ts';
import { randomView, type Size } from '../training/view.ts';
import { type ColourWord, colourWordOf } from './colour-word.ts';
import { harmonised } from './harmony.ts';
import { knownView } from './known-view.ts';
import { blobShape, cutoutLayer, type Layer, margined, patchLayer, softened } from './layer.ts';
import { type PhotoOutline, readOutlines } from './outlines.ts';
import { castShadow, coverWith } from './overlay.ts';

/** One thing of a scene. */
export interface SceneInstance {
  /** What it is, in lower-case English words; absent: a piece of a photo, which has no name. */
  readonly noun?: string;
  /** Absent: it has several. */
  readonly colour?: ColourWord;
  /** Corners of the visible part, x1 and y1 outside of it, in pixels: [x0, y0, x1, y1]. */
  readonly box: readonly [number, number, number, number];
  /** Matte of the visible part, of the scene's size. */
  readonly mask: Mask;
}

/** A picture and everything that was laid over it, from back to front. */
export interface ComposedScene {
  readonly image: Pixels;
  readonly instances: readonly SceneInstance[];
}

/** What scenes are made of. */
export interface SceneSources {
  readonly photos: PhotoStore;
  readonly objects: ObjectStore;
  /** Things of the photos themselves, by photo; where they are given, the sky counts as a thing, too. Default: none. */
  readonly outlines?: ReadonlyMap<number, PhotoOutline>;
}

/** The pictures of one side of the split. */
export async function openSceneSources(cache: string, split: Split): Promise<SceneSources> {
  return { photos: await openPhotos(cache, [split]), objects: await openObjects(cache, [split]) };
}

/** The pictures of the training split with what is known about the photos themselves. */
export async function openTrainingSources(cache: string): Promise<SceneSources> {
  const sources = await openSceneSources(cache, 'train');
  return { ...sources, outlines: await readOutlines(sources.photos) };
}

/** How often a thing is of each kind. */
const kindShares = { render: 0.5, photo: 0.1, drawing: 0.15, patch: 0.25 } as const;
/** The same where outlined photos make enough photographed things. */
const outlinedShares = { render: 0.3, photo: 0.33, drawing: 0.12, patch: 0.25 } as const;
type Kind = keyof typeof kindShares;

const mostThings = 5;
/** How often nothing is laid over a photo of which something is known. */
const untouchedShare = 0.4;
/** A thing of which less than this share is left to see is no instance. */
const leastVisible = 0.35;
/** Smallest visible part of an instance, as a share of the picture. */
const leastArea = 0.0015;

/**
 * A scene of `size` pixels; the same dice give the same scene.
 * @param only kinds of things to take; default all
 */
export function composeScene(
  sources: SceneSources,
  size: Size,
  random: Dice,
  only: readonly Kind[] = Object.keys(kindShares) as Kind[],
): ComposedScene {
  const { photos, outlines } = sources;
  const index = Math.floor(random() * photos.entries.length);
  const { image, things } = outlines
    ? knownView(photos.photo(index), outlines.get(index), size, random)
    : { image: randomView(photos.photo(index), size, random), things: [] };
  const placed: Placed[] = things.map((thing) => ({ ...thing, area: weightOf(thing.mask.data) }));
  const isAsItIs = things.length > 0 && random() < untouchedShare;
  const count = isAsItIs ? 0 : 1 + Math.floor(random() ** 1.5 * mostThings);
  for (let i = 0; i < count; i++) {
    const kind = drawKind(only, outlines ? outlinedShares : kindShares, random);
    const { noun, layer } = drawThing(sources, kind, size, random);
    placed.push({ ...lay(image, layer, placed, random), ...(noun && { noun }) });
  }
  return { image, instances: placed.flatMap((thing) => instanceOf(thing, image)) };
}

interface Placed {
  readonly noun?: string;
  readonly mask: Mask;
  readonly colour?: ColourWord;
  /** Sum of the matte before anything hid it. */
  readonly area: number;
}

function drawKind(only: readonly Kind[], shares: Readonly<Record<Kind, number>>, random: Dice): Kind {
  let rest = random() * only.reduce((sum, kind) => sum + shares[kind], 0);
  for (const kind of only) {
    rest -= shares[kind];
    if (rest < 0) return kind;
  }
  return only[0] as Kind;
}

interface Thing {
  readonly noun?: string;
  readonly layer: Layer;
}

function drawThing(sources: SceneSources, kind: Kind, size: Size, random: Dice): Thing {
  const { photos, objects, outlines } = sources;
  // Sizes are even on a logarithmic scale.
  const side = Math.min(size.width, size.height) * 0.13 * (0.85 / 0.13) ** random();
  if (kind === 'photo' && outlines && outlines.size > 0) {
    const known = [...outlines.values()];
    const { noun, cutout } = known[Math.floor(random() * known.length)] as PhotoOutline;
    return { ...(noun && { noun }), layer: cutoutLayer(cutout, side, random) };
  }
  if (kind !== 'patch') {
    const index = drawObject(objects, kind, random);
    const entry = objects.entries[index] as ObjectEntry;
    return { noun: entry.noun, layer: cutoutLayer(objects.cutout(index), side, random) };
  }
  const texture = photos.photo(Math.floor(random() * photos.entries.length));
  const silhouette = Math.floor(random() * objects.entries.length);
  const shape =
    random() < 0.6 ? blobShape(side, random) : cutoutLayer(objects.cutout(silhouette), side, random);
  return { layer: patchLayer(texture, shape, random) };
}

/** An object of the kind, or any where there is none. */
function drawObject({ entries }: ObjectStore, kind: Kind, random: Dice): number {
  const indices = [...entries.keys()].filter((i) => entries[i]?.kind === kind);
  const all = indices.length > 0 ? indices : [...entries.keys()];
  return all[Math.floor(random() * all.length)] as number;
}

/** Lays a thing somewhere over the picture, which changes, and hides what was there. */
function lay(image: Pixels, drawn: Layer, before: readonly Placed[], random: Dice): Placed {
  const soft = random() < 0.3 ? 0 : between(random, 0.2, 1.2);
  const margin = Math.ceil(3 * soft) + 1;
  const layer = softened(margined(drawn, margin), soft);
  // Up to a quarter of it may lie outside.
  const left = place(image.width, layer.width, random);
  const top = place(image.height, layer.height, random);
  const fitted = random() < 0.2 ? layer : harmonised(layer, image, left, top, random);
  if (random() < 0.6) castShadow(image, fitted, left, top, random);
  const mask = coverWith(image, fitted, left, top);
  for (const { mask: hidden } of before) {
    for (let i = 0; i < mask.data.length; i++)
      hidden.data[i] = (hidden.data[i] as number) * (1 - (mask.data[i] as number));
  }
  const colour = colourWordOf(straightened(fitted), fitted.alpha);
  return { mask, area: weightOf(fitted.alpha), ...(colour && { colour }) };
}

function place(room: number, length: number, random: Dice): number {
  const outside = random() < 0.25 ? length / 4 : 0;
  return Math.round(between(random, -outside, Math.max(-outside + 1, room - length + outside)));
}

/** A layer's own colours, without its alpha. */
function straightened({ width, height, colour, alpha }: Layer): Pixels {
  const data = colour.map((value, i) => value / Math.max(1e-3, alpha[Math.floor(i / 3)] as number));
  return { width, height, data };
}

function instanceOf({ noun, mask, colour, area }: Placed, { width, height }: Size): SceneInstance[] {
  const visible = weightOf(mask.data);
  const box = boxOf(mask);
  if (!box || visible < leastVisible * area || visible < leastArea * width * height) return [];
  return [{ ...(noun && { noun }), ...(colour && { colour }), box, mask }];
}

function weightOf(matte: Float32Array): number {
  return matte.reduce((sum, value) => sum + value, 0);
}

/** Corners of what is at least half covered. */
export function boxOf({ width, height, data }: Mask): SceneInstance['box'] | undefined {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if ((data[y * width + x] as number) < 0.5) continue;
      [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x + 1), y + 1];
    }
  }
  return x1 > x0 ? [x0, y0, x1, y1] : undefined;
}
