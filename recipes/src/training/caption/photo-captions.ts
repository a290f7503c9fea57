/** One sentence about every photo of the training packages, written by hand for this project while looking at them. */
import { readFile } from 'node:fs/promises';

/** Captions by the photo's id in the store. */
export type PhotoCaptions = ReadonlyMap<string, string>;

/** Reads the table beside this file. @throws Error naming the first line that is not an id and a caption */
export async function readPhotoCaptions(): Promise<PhotoCaptions> {
  const file = new URL('./photo-captions.tsv', import.meta.url);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return new Map(
    lines.map((line, at): [string, string] => {
      const [id, caption, ...rest] = line.split('\t');
      if (!id || !caption || rest.length > 0)
        throw new Error(`photo-captions.tsv: expected an id and a caption in line ${at + 1}, came "${line}"`);
      return [id, caption];
    }),
  );
}
