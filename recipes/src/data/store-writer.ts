import { open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIndex, type StoreIndex } from './store.ts';

/** A decoded picture on its way into a store: `pixels` has `width * height * channels` bytes. */
export interface DecodedPicture<Entry> {
  /** Everything of the index entry but its offset. */
  readonly entry: Omit<Entry, 'offset'>;
  readonly pixels: Uint8Array;
}

/** True when the store in `directory` was written under the same key and is whole. */
export async function isStoreCurrent(directory: string, name: string, key: string): Promise<boolean> {
  const index = await readIndex<unknown>(directory, name);
  if (index?.key !== key) return false;
  const file = await stat(join(directory, `${name}.bin`)).catch(() => undefined);
  return file?.size === index.sizeBytes;
}

/**
 * Writes `<name>.bin` (pixels one after another) and `<name>.json` (the index). Readers see either the old store or
 * the new one: the index goes away first and comes back last.
 *
 * @returns the index entries
 */
export async function writeStore<Entry>(
  directory: string,
  name: string,
  key: string,
  pictures: AsyncIterable<DecodedPicture<Entry>>,
): Promise<readonly Entry[]> {
  const partial = join(directory, `${name}.bin.partial`);
  const entries: Entry[] = [];
  let sizeBytes = 0;
  {
    await using file = await open(partial, 'w');
    for await (const { entry, pixels } of pictures) {
      await file.write(pixels);
      entries.push({ ...entry, offset: sizeBytes } as Entry);
      sizeBytes += pixels.length;
    }
  }
  const index: StoreIndex<Entry> = { key, sizeBytes, entries };
  await rm(join(directory, `${name}.json`), { force: true });
  await rename(partial, join(directory, `${name}.bin`));
  await writeFile(join(directory, `${name}.json.partial`), JSON.stringify(index));
  await rename(join(directory, `${name}.json.partial`), join(directory, `${name}.json`));
  return entries;
}
