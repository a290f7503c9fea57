import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectId } from '../edits.ts';
import { objectIds } from '../edits.ts';
import { type Emoji, emojiOfObject, trainingEmoji } from './emoji.ts';
import { type IconSet, trainingIconSets, waterlogged } from './icon-sets.ts';
import type { LicenceNote } from './licence.ts';

/** One encoded cut-out found in a package, before it is decoded and stored. */
export interface CutoutSource {
  /** `<package>:<name>`, unique. */
  readonly id: string;
  readonly package: string;
  readonly path: string;
  readonly name: string;
  readonly object: ObjectId;
  /** Equal for drawings of one design and almost that, which must not be torn apart by the split. */
  readonly family: string;
  readonly note: LicenceNote;
  /** Never measured on, whatever its family: it came after the measurements were fixed. */
  readonly isTrainingOnly: boolean;
  /** WebP, PNG or SVG file contents. */
  readonly read: () => Promise<Buffer>;
}

/** Emoji of the rounded 3-D set: one WebP file per code point sequence. */
export async function fluent3dCutouts(folder: string): Promise<CutoutSource[]> {
  const present = new Set(await readdir(join(folder, 'package/assets')));
  const set: IconSet = {
    package: '@lobehub/fluent-emoji-3d',
    design: 'fluent',
    note: { licence: 'MIT', author: 'Microsoft, packed by LobeHub' },
    without: waterlogged,
  };
  return eachEmoji(set, ([codePoints]) => {
    // Some files are named without the presentation selector.
    const names = [`${codePoints}.webp`, `${codePoints.replace('-fe0f', '')}.webp`];
    const file = names.find((name) => present.has(name));
    if (!file) return undefined;
    const path = `package/assets/${file}`;
    return { path, read: () => readFile(join(folder, path)) };
  });
}

interface IconFile {
  readonly width?: number;
  readonly height?: number;
  readonly icons: Readonly<Record<string, { body: string; width?: number; height?: number }>>;
}

/** Side at which SVG is drawn before it is trimmed and reduced, in pixels. */
const drawnSide = 512;

type IconPicture = Pick<CutoutSource, 'path' | 'read'>;

/** Reads an icon set: what finds the picture of a name, and finds none for a name that the set lacks. */
export async function iconPicture(folder: string): Promise<(name: string) => IconPicture | undefined> {
  const file = JSON.parse(await readFile(join(folder, 'package/icons.json'), 'utf8')) as IconFile;
  return (name) => {
    const icon = file.icons[name];
    if (!icon) return undefined;
    const [width, height] = [icon.width ?? file.width ?? 16, icon.height ?? file.height ?? 16];
    const namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
    const svg = `<svg ${namespaces} width="${drawnSide}" height="${drawnSide}" viewBox="0 0 ${width} ${height}">${icon.body}</svg>`;
    return { path: `package/icons.json!${name}`, read: async () => Buffer.from(svg) };
  };
}

/** Emoji of one icon set. */
export async function iconCutouts(set: IconSet, folder: string): Promise<CutoutSource[]> {
  const pictureOf = await iconPicture(folder);
  return eachEmoji(set, ([, name]) => {
    // Some sets run the words together, others number their drawings.
    for (const spelling of [name, name.replaceAll('-', ''), `${name}-1`]) {
      const picture = pictureOf(spelling);
      if (picture) return picture;
    }
    return undefined;
  });
}

function eachEmoji(set: IconSet, find: (emoji: Emoji) => IconPicture | undefined): CutoutSource[] {
  const served = objectIds.filter((object) => !set.without.includes(object));
  const isAddedSet = trainingIconSets.includes(set);
  return served.flatMap((object) => {
    const measured = emojiOfObject[object].map((emoji) => ({ emoji, isTrainingOnly: isAddedSet }));
    const added = (trainingEmoji[object] ?? []).map((emoji) => ({ emoji, isTrainingOnly: true }));
    return [...measured, ...added].flatMap(({ emoji, isTrainingOnly }) => {
      const [, name, like = name] = emoji;
      const found = set.without.includes(name) ? undefined : find(emoji);
      if (!found) return [];
      const shared = { id: `${set.package}:${name}`, package: set.package, name, object, note: set.note };
      return [{ ...shared, family: `${set.design}/${like}`, isTrainingOnly, ...found }];
    });
  });
}
