/** Composed scenes in which every noun is as frequent as any other. */
import { NounBook } from '@darkroom/gpu-worker/vision/noun-book';
import { readQuery } from '@darkroom/gpu-worker/vision/noun-phrase';
import { type ComposedScene, composeScene, type SceneSources } from '../../compositions/scene.ts';
import type { ObjectEntry, ObjectStore } from '../../data/store.ts';
import { type Dice, dice } from '../../dice.ts';
import type { Size } from '../view.ts';
import { cocoNouns } from './coco-nouns.ts';
import { pictureNouns } from './picture-nouns.ts';

/** Everything that a detector with a second head can name: COCO's classes, then the taught nouns with their rows. */
export function allNouns(taught: readonly number[]): NounBook {
  return new NounBook([...cocoNouns(), ...taughtNouns(taught)]);
}

/** The taught nouns, which the head knows by their places in the list. */
export function taughtNouns(taught: readonly number[]) {
  const nouns = pictureNouns();
  return taught.map((index, row) => {
    const noun = nouns[index];
    if (!noun) throw new RangeError(`expected an index below ${nouns.length}, came ${index}`);
    return { labels: [...noun.labels], taught: row, english: [...noun.english], chinese: [...noun.chinese] };
  });
}

/** Indices of the picture nouns of which the objects show at least one. */
export function shownNouns(entries: readonly ObjectEntry[]): number[] {
  const book = allNouns([...pictureNouns().keys()]);
  const shown = new Set(entries.map(({ noun }) => rowOf(noun, book)));
  return [...pictureNouns().keys()].filter((index) => shown.has(index));
}

/** The taught row of an object's noun; undefined where it is one of COCO's, or unknown. */
export function rowOf(noun: string | undefined, book: NounBook): number | undefined {
  return noun === undefined ? undefined : readQuery(noun, book)[0]?.noun.taught;
}

/** Share of things that no taught noun names, which show what the nouns are not. */
const otherShare = 0.15;
/** Objects that a scene may draw from. */
const choice = 8;

/** Which scene, of which size. */
export interface SceneChoice {
  readonly size: Size;
  readonly seed: number;
  readonly index: number;
}

/** Draws scenes from the pictures of one side of the split. */
export class BalancedScenes {
  readonly #sources: SceneSources;
  /** Indices of objects by taught noun. */
  readonly #groups: readonly (readonly number[])[];
  readonly #others: readonly number[];

  constructor(sources: SceneSources, book: NounBook) {
    this.#sources = sources;
    const { entries } = sources.objects;
    const rows = Map.groupBy(entries.keys(), (i) => rowOf(entries[i]?.noun, book));
    this.#others = rows.get(undefined) ?? [];
    rows.delete(undefined);
    this.#groups = [...rows.values()];
  }

  /** Scene `index` of the list that a seed names. */
  draw({ size, seed, index }: SceneChoice): ComposedScene {
    const random = dice(seed, index);
    const indices = Array.from({ length: choice }, () => {
      const isOther = random() < otherShare && this.#others.length > 0;
      return pick(isOther ? this.#others : pick(this.#groups, random), random);
    });
    const objects = viewOf(this.#sources.objects, indices);
    return composeScene({ ...this.#sources, objects }, size, random, ['render', 'patch']);
  }
}

function pick<T>(list: readonly T[], random: Dice): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** Some objects of a store, which the composer takes for one kind. */
function viewOf(store: ObjectStore, indices: readonly number[]): ObjectStore {
  const entries = indices.map((i) => ({ ...(store.entries[i] as ObjectEntry), kind: 'render' as const }));
  return { entries, cutout: (i) => store.cutout(indices[i] as number) };
}
