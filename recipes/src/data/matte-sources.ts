/** Things with a matte, of many nouns: what composed scenes of the vision networks are made of. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { iconPicture } from './cutout-sources.ts';
import { catalogues, creatorsByIcon } from './furniture-sources.ts';
import { cutFromGround } from './ground-cutout.ts';
import type { IconSet } from './icon-sets.ts';
import type { LicenceNote } from './licence.ts';
import { objectWords } from './object-words.ts';
import { decodePhoto } from './photo-decoder.ts';
import { gcomprisPhotos } from './photo-sources.ts';
import { readZip } from './zip.ts';

/** How an object was pictured. */
export type ObjectKind = 'photo' | 'render' | 'drawing';

/** One encoded object, before it is decoded and stored. */
export interface ObjectSource {
  /** `<package>:<name>`, unique. */
  readonly id: string;
  readonly package: string;
  readonly path: string;
  /** What it shows, in lower-case English words. */
  readonly noun: string;
  readonly kind: ObjectKind;
  /** Equal for pictures of one design, which must not be torn apart by the split. */
  readonly family: string;
  readonly note: LicenceNote;
  /** PNG or SVG file contents with transparency. */
  readonly read: () => Promise<Buffer>;
}

/** Every rendered icon of the furniture catalogues. */
export async function furnitureObjects(folder: string): Promise<ObjectSource[]> {
  const sources: ObjectSource[] = [];
  for (const [catalogue, note] of Object.entries(catalogues)) {
    const inside = `usr/share/sweethome3d/furniture/${catalogue}.sh3f`;
    const files = readZip(await readFile(join(folder, inside)));
    const properties = files.get('PluginFurnitureCatalog.properties')?.read().toString('latin1') ?? '';
    const creators = creatorsByIcon(properties);
    const seen = new Set<string>();
    for (const { icon, name } of namedIcons(properties)) {
      const path = icon.replace(/^\//, '');
      const file = files.get(path);
      if (!file || seen.has(path)) continue;
      seen.add(path);
      const short = (path.split('/').at(-1) ?? path).replace(/\.png$/, '');
      sources.push({
        id: `sweethome3d-furniture:${catalogue}/${short}`,
        package: 'sweethome3d-furniture',
        path: `${inside}!${path}`,
        noun: nounOf(name),
        kind: 'render',
        family: familyOf(short),
        note: { ...note, author: creators.get(icon) ?? catalogue },
        read: async () => file.read(),
      });
    }
  }
  return sources;
}

/** Pairs `name#7=…` with `icon#7=…`, in the order of the file. */
function namedIcons(properties: string): { readonly icon: string; readonly name: string }[] {
  const fields = new Map(
    properties.split(/\r?\n/).flatMap((line) => {
      const match = /^((?:icon|name)#\d+)=(.*)$/.exec(line);
      return match?.[1] ? [[match[1], (match[2] ?? '').trim()] as const] : [];
    }),
  );
  return [...fields].flatMap(([field, icon]) => {
    const name = field.startsWith('icon#') ? fields.get(field.replace('icon', 'name')) : undefined;
    return name ? [{ icon, name }] : [];
  });
}

const people: readonly (readonly [RegExp, string])[] = [
  [/\bfemale\b/, 'woman'],
  [/\bmale\b/, 'man'],
];

/** "Concept Sedan 01" -> "concept sedan", "Sitting male" -> "sitting man". */
export function nounOf(name: string): string {
  const words = name
    .toLowerCase()
    .replace(/[\s\d]+$/, '')
    .trim();
  return people.reduce((text, [from, to]) => text.replace(from, to), words);
}

/** A file name without digits and punctuation: numbered pictures of one thing are one family. */
function familyOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '');
}

/** Drawings of one icon set. */
export async function iconObjects(set: IconSet, folder: string): Promise<ObjectSource[]> {
  const pictureOf = await iconPicture(folder);
  return objectWords.flatMap((word) => {
    const picture = pictureOf(word);
    if (!picture) return [];
    const noun = word.replaceAll('-', ' ');
    const shared = { id: `${set.package}:${word}`, package: set.package, noun, note: set.note };
    return [{ ...shared, kind: 'drawing', family: `${set.design}${familyOf(word)}`, ...picture } as const];
  });
}

/** Photos of gcompris-qt-data with one object before a plain ground; chosen by eye. */
const plainGrounds: ReadonlySet<string> = new Set(
  [
    'tools/scissors1 tools/scissors4 tools/tweezer1 tools/cuttingTool tools/plier1 tools/plier2 tools/plier3 tools/plier4',
    'tools/hammer5 tools/hammer7 tools/hammer8 tools/hammer9 tools/spray tools/measuringTape1 tools/measuringTape2',
    'tools/measuringTape3 tools/measuringTape4 fishes/fish17 fishes/fish18 others/volleyball others/weighingMachine',
  ].flatMap((line) => line.split(' ')),
);

/** Longest side of a photo that is cut out. */
const photoSide = 512;

/** Photographed objects, cut out of their plain ground. */
export async function groundObjects(folder: string): Promise<ObjectSource[]> {
  const photos = await gcomprisPhotos(folder);
  return photos.flatMap(({ id, path, caption, note, read }) => {
    const name = id.split('/').slice(-2).join('/');
    if (!plainGrounds.has(name) || !caption) return [];
    return [
      {
        id,
        package: 'gcompris-qt-data',
        path,
        noun: caption,
        kind: 'photo',
        family: id,
        note,
        read: async () => {
          const { width, height, rgba } = cutFromGround(await decodePhoto(await read(), photoSide));
          return sharp(rgba, { raw: { width, height, channels: 4 } })
            .png()
            .toBuffer();
        },
      } as const,
    ];
  });
}
