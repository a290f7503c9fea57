import { createHash } from 'node:crypto';
import { cutoutSources, objectSources, photoSources } from './catalogue.ts';
import { decodeCutout, transparentShare } from './cutout-decoder.ts';
import type { CutoutSource } from './cutout-sources.ts';
import type { ObjectSource } from './matte-sources.ts';
import type { PackagePin } from './packages.ts';
import { decodePhoto, isGreyscale } from './photo-decoder.ts';
import type { PhotoSource } from './photo-sources.ts';
import { familySplit, photoSplit, pictureSplits, type Split } from './split.ts';
import type { CutoutEntry, ObjectEntry, PhotoEntry } from './store.ts';
import { type DecodedPicture, isStoreCurrent, writeStore } from './store-writer.ts';

/** Longest sides of stored pictures, in pixels. */
export const photoSide = 768;
export const cutoutSide = 192;
export const objectSide = 320;

/** Raised when packing or choosing changes in a way that sources and pins don't show. */
const packingVersion = 5;

type Log = (line: string) => void;

/** Decodes every photo of the packages at hand into `photos.bin` and `photos.json`, unless that was done before. */
export async function buildPhotos(cache: string, pins: readonly PackagePin[], log: Log): Promise<void> {
  const sources = await photoSources(cache, pins);
  const key = keyOf('photos', photoSide, pins, sources);
  if (await isStoreCurrent(cache, 'photos', key)) {
    log('photos.bin is current');
    return;
  }
  const entries = await writeStore<PhotoEntry>(cache, 'photos', key, decodedPhotos(sources, pins, log));
  log(`photos.bin: ${entries.length} photos, ${countsOf(entries)}`);
}

async function* decodedPhotos(
  sources: readonly PhotoSource[],
  pins: readonly PackagePin[],
  log: Log,
): AsyncGenerator<DecodedPicture<PhotoEntry>> {
  const evaluation = new Set(pins.filter((pin) => pin.role === 'evaluation').map((pin) => pin.name));
  for (const [index, source] of sources.entries()) {
    if (index % 25 === 0) log(`photo ${index + 1} of ${sources.length}`);
    const { width, height, rgb } = await decodePhoto(await source.read(), photoSide);
    if (isGreyscale(rgb)) {
      log(`leaving out ${source.id}: no colour`);
      continue;
    }
    const byRole = evaluation.has(source.package) ? 'evaluation' : photoSplit(source.id);
    const split: Split = source.split ?? byRole;
    const { id, path, note, caption } = source;
    const shared = { id, package: source.package, path, width, height, licence: note.licence, split };
    yield { entry: { ...shared, ...(caption ? { caption } : {}) }, pixels: rgb };
  }
}

/** Decodes every cut-out of the packages at hand into `cutouts.bin` and `cutouts.json`, unless that was done before. */
export async function buildCutouts(cache: string, pins: readonly PackagePin[], log: Log): Promise<void> {
  const sources = await cutoutSources(cache, pins);
  const key = keyOf('cutouts', cutoutSide, pins, sources);
  if (await isStoreCurrent(cache, 'cutouts', key)) {
    log('cutouts.bin is current');
    return;
  }
  const entries = await writeStore<CutoutEntry>(cache, 'cutouts', key, decodedCutouts(sources));
  log(`cutouts.bin: ${entries.length} cut-outs, ${countsOf(entries)}`);
}

async function* decodedCutouts(
  sources: readonly CutoutSource[],
): AsyncGenerator<DecodedPicture<CutoutEntry>> {
  const splits = pictureSplits(sources);
  for (const [index, source] of sources.entries()) {
    const split = splits[index];
    if (!split) continue;
    const { width, height, rgba } = await decodeCutout(await source.read(), cutoutSide);
    if (transparentShare(rgba) === 0)
      throw new Error(`expected a cut-out with transparent parts, came ${source.id}`);
    const { id, name, object, note } = source;
    const entry = { id, package: source.package, name, object, width, height, licence: note.licence, split };
    yield { entry, pixels: rgba };
  }
}

/** Decodes every object of the packages at hand into `objects.bin` and `objects.json`, unless that was done before. */
export async function buildObjects(cache: string, pins: readonly PackagePin[], log: Log): Promise<void> {
  const sources = await objectSources(cache, pins);
  const used = pins.filter((pin) => sources.some((source) => source.package === pin.name));
  const key = keyOf('objects', objectSide, used, sources);
  if (await isStoreCurrent(cache, 'objects', key)) {
    log('objects.bin is current');
    return;
  }
  const entries = await writeStore<ObjectEntry>(cache, 'objects', key, decodedObjects(sources, log));
  log(`objects.bin: ${entries.length} objects, ${countsOf(entries)}`);
}

async function* decodedObjects(
  sources: readonly ObjectSource[],
  log: Log,
): AsyncGenerator<DecodedPicture<ObjectEntry>> {
  for (const { id, package: name, noun, kind, family, note, read } of sources) {
    const { width, height, rgba } = await decodeCutout(await read(), objectSide);
    if (transparentShare(rgba) === 0) {
      log(`leaving out ${id}: nothing of it is transparent`);
      continue;
    }
    // A photo that is cut out must fall on the side of the photo itself.
    const split: Split = kind === 'photo' ? photoSplit(id) : familySplit(family);
    const entry = { id, package: name, noun, kind, width, height, licence: note.licence, split };
    yield { entry, pixels: rgba };
  }
}

function keyOf(
  kind: string,
  side: number,
  pins: readonly PackagePin[],
  sources: readonly { id: string; path: string }[],
): string {
  const hashes = pins.map((pin) => pin.sha256);
  const described = JSON.stringify([
    packingVersion,
    kind,
    side,
    hashes,
    sources.map(({ id, path }) => [id, path]),
  ]);
  return createHash('sha256').update(described).digest('hex');
}

function countsOf(entries: readonly { split: Split }[]): string {
  const groups = Object.groupBy(entries, (entry) => entry.split);
  return Object.entries(groups)
    .map(([split, group]) => `${group.length} ${split}`)
    .join(', ');
}
