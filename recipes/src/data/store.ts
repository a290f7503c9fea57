import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectId } from '../edits.ts';
import type { ObjectKind } from './matte-sources.ts';
import type { Split } from './split.ts';

/** Where and how large a stored picture is. */
interface StoredPicture {
  readonly id: string;
  readonly package: string;
  readonly width: number;
  readonly height: number;
  /** First byte in the `.bin` file. */
  readonly offset: number;
  readonly licence: string;
  readonly split: Split;
}

/** Index entry of `photos.json`. */
export interface PhotoEntry extends StoredPicture {
  /** Path inside the package (after a `!` inside a container file). */
  readonly path: string;
  /** What the picture shows, in a few English words, where the package says so. */
  readonly caption?: string;
}

/** Index entry of `cutouts.json`. */
export interface CutoutEntry extends StoredPicture {
  readonly name: string;
  readonly object: ObjectId;
}

/** Index entry of `objects.json`. */
export interface ObjectEntry extends StoredPicture {
  /** What it shows, in lower-case English words. */
  readonly noun: string;
  readonly kind: ObjectKind;
}

/** Contents of `photos.json`, `cutouts.json` and `objects.json`. */
export interface StoreIndex<Entry> {
  /** Changes whenever sources, pins or packing change; an equal key means nothing to do. */
  readonly key: string;
  /** Length of the `.bin` file. */
  readonly sizeBytes: number;
  readonly entries: readonly Entry[];
}

/** A photo: `rgb` holds `width * height * 3` bytes, row-major, sRGB; a view that must not be written to. */
export interface StoredPhoto {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** A cut-out: `rgba` holds `width * height * 4` bytes, row-major, sRGB with straight alpha; a read-only view. */
export interface StoredCutout {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** Photos held in memory. */
export interface PhotoStore {
  readonly entries: readonly PhotoEntry[];
  /** @throws RangeError when `index` isn't an index of `entries`. */
  photo(index: number): StoredPhoto;
}

/** Pictures with a matte, held in memory. */
export interface MatteStore<Entry> {
  readonly entries: readonly Entry[];
  /** @throws RangeError when `index` isn't an index of `entries`. */
  cutout(index: number): StoredCutout;
}

/** The cut-outs of the edits' nouns. */
export type CutoutStore = MatteStore<CutoutEntry>;

/** Objects of many nouns. */
export type ObjectStore = MatteStore<ObjectEntry>;

/**
 * Reads `photos.json` and the wanted part of `photos.bin`.
 *
 * @param splits which splits to load; absent = all
 * @throws Error when the store is missing, damaged or cut short.
 * @example const photos = await openPhotos('recipes/.cache', ['train']);
 */
export async function openPhotos(directory: string, splits?: readonly Split[]): Promise<PhotoStore> {
  const { entries, view } = await openStore<PhotoEntry>(directory, 'photos', 3, splits);
  return {
    entries,
    photo: (index) => {
      const { entry, bytes } = view(index);
      return { width: entry.width, height: entry.height, rgb: bytes };
    },
  };
}

/** Reads `cutouts.json` and the wanted part of `cutouts.bin`; same parameters and errors as {@link openPhotos}. */
export function openCutouts(directory: string, splits?: readonly Split[]): Promise<CutoutStore> {
  return openMattes<CutoutEntry>(directory, 'cutouts', splits);
}

/** Reads `objects.json` and the wanted part of `objects.bin`; same parameters and errors as {@link openPhotos}. */
export function openObjects(directory: string, splits?: readonly Split[]): Promise<ObjectStore> {
  return openMattes<ObjectEntry>(directory, 'objects', splits);
}

async function openMattes<Entry extends StoredPicture>(
  directory: string,
  name: string,
  splits: readonly Split[] | undefined,
): Promise<MatteStore<Entry>> {
  const { entries, view } = await openStore<Entry>(directory, name, 4, splits);
  return {
    entries,
    cutout: (index) => {
      const { entry, bytes } = view(index);
      return { width: entry.width, height: entry.height, rgba: bytes };
    },
  };
}

interface OpenStore<Entry> {
  readonly entries: readonly Entry[];
  readonly view: (index: number) => { entry: Entry; bytes: Uint8Array };
}

async function openStore<Entry extends StoredPicture>(
  directory: string,
  name: string,
  channels: number,
  splits: readonly Split[] | undefined,
): Promise<OpenStore<Entry>> {
  const index = await readIndex<Entry>(directory, name);
  if (!index)
    throw new Error(`expected ${name}.json in ${directory}, came no such file: run "npm run data:fetch"`);
  const entries = index.entries.filter((entry) => !splits || splits.includes(entry.split));
  const starts: number[] = [];
  let total = 0;
  for (const entry of entries) {
    starts.push(total);
    total += entry.width * entry.height * channels;
  }
  const pixels = Buffer.alloc(total);
  await using file = await open(join(directory, `${name}.bin`), 'r');
  const { size } = await file.stat();
  if (size !== index.sizeBytes)
    throw new Error(`expected ${index.sizeBytes} bytes in ${name}.bin, came ${size}`);
  for (const [i, entry] of entries.entries()) {
    const length = entry.width * entry.height * channels;
    const { bytesRead } = await file.read(pixels, starts[i] as number, length, entry.offset);
    if (bytesRead !== length) throw new Error(`expected ${length} bytes of ${entry.id}, came ${bytesRead}`);
  }
  const view = (i: number): { entry: Entry; bytes: Uint8Array } => {
    const entry = entries[i];
    const start = starts[i];
    if (!entry || start === undefined)
      throw new RangeError(`expected an index below ${entries.length}, came ${i}`);
    return { entry, bytes: pixels.subarray(start, start + entry.width * entry.height * channels) };
  };
  return { entries, view };
}

/** The index of a store, or undefined when there is none. */
export async function readIndex<Entry>(
  directory: string,
  name: string,
): Promise<StoreIndex<Entry> | undefined> {
  const text = await readFile(join(directory, `${name}.json`), 'utf8').catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined;
      throw cause;
    },
  );
  return text === undefined ? undefined : (JSON.parse(text) as StoreIndex<Entry>);
}
