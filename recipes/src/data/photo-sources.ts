import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { largestJpeg } from './jpeg-scan.ts';
import { isPublishable, type LicenceNote, readLicenceNotes } from './licence.ts';
import { readRcc } from './rcc.ts';

/** One encoded photo found in a package, before it is decoded and stored. */
export interface PhotoSource {
  /** `<package>:<path without extension>`, unique. */
  readonly id: string;
  readonly package: string;
  /** Path inside the package (after a `!` inside a container file). */
  readonly path: string;
  readonly note: LicenceNote;
  readonly caption?: string;
  /** Absent = what the package's role and the name say. */
  readonly split?: 'vision';
  /** WebP, PNG or JPEG file contents. */
  readonly read: () => Promise<Buffer>;
}

/** Containers of gcompris-qt-data that hold photographs, and which of their files are ones. */
const gcomprisContainers: readonly { name: string; photos: RegExp; captioned: boolean }[] = [
  { name: 'categorization', photos: /images\/(fishes|monuments|others|renewable|tools)\//, captioned: true },
  {
    name: 'explore_monuments',
    photos: /resource\/(egypt|france|germany|india|usa|wonders)\//,
    captioned: true,
  },
  { name: 'explore_world_animals', photos: /resource\/animals\//, captioned: true },
  { name: 'explore_farm_animals', photos: /resource\/animals\//, captioned: true },
  // Two portraits of single musicians stay out.
  { name: 'explore_world_music', photos: /resource\/music\/(?!australia|mexico)/, captioned: false },
  { name: 'erase', photos: /resource\//, captioned: true },
  { name: 'clickgame', photos: /resource\/sea\d/, captioned: false },
];

/**
 * Photos of gcompris-qt-data whose README inside the container puts them in the public domain, CC0 or CC-BY.
 *
 * @param folder the unpacked package
 */
export async function gcomprisPhotos(folder: string): Promise<PhotoSource[]> {
  const sources: PhotoSource[] = [];
  for (const container of gcomprisContainers) {
    const inside = `usr/share/gcompris-qt/rcc/${container.name}.rcc`;
    const files = readRcc(await readFile(join(folder, inside)));
    const notes = notesByPath(files);
    for (const [path, bytes] of files) {
      const note = notes.get(path);
      if (!path.endsWith('.webp') || !container.photos.test(path) || !note || !isPublishable(note.licence))
        continue;
      const short = path.slice(path.indexOf('/resource/') + 10).replace(/\.webp$/, '');
      const caption = captionOf(short);
      sources.push({
        id: `gcompris-qt-data:${container.name}/${short}`,
        package: 'gcompris-qt-data',
        path: `${inside}!${path}`,
        note,
        ...(container.captioned && caption ? { caption } : {}),
        read: async () => bytes,
      });
    }
  }
  return sources;
}

function notesByPath(files: ReadonlyMap<string, Buffer>): Map<string, LicenceNote> {
  const notes = new Map<string, LicenceNote>();
  for (const [path, bytes] of files) {
    if (!path.endsWith('/README')) continue;
    const folder = path.slice(0, -'README'.length);
    for (const [name, note] of readLicenceNotes(bytes.toString('utf8'))) notes.set(folder + name, note);
  }
  return notes;
}

/** Turns a file name into words: `red_panda` and `redPanda2` both give "red panda". */
export function captionOf(path: string): string {
  const name = path.split('/').at(-1) ?? path;
  return name
    .replace(/\d+$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
}

/** Wallpapers of the 16.04 set with a free licence, after the package's copyright file; abstract ones are left out. */
const lomiriNotes: Readonly<Record<string, LicenceNote>> = {
  'aitzgorri_by_Aitzol_Berasategi.jpg': { licence: 'CC-BY-4.0', author: 'Aitzol Berasategi' },
  'friends_by_Aitzol_Berasategi.jpg': { licence: 'CC-BY-4.0', author: 'Aitzol Berasategi' },
  'life_by_Aitzol_Berasategi.jpg': { licence: 'CC-BY-4.0', author: 'Aitzol Berasategi' },
  'picosdeeuropa_by_Aitzol_Berasategi.jpg': { licence: 'CC-BY-4.0', author: 'Aitzol Berasategi' },
  'sunset_by_Aitzol_Berasategi.jpg': { licence: 'CC-BY-4.0', author: 'Aitzol Berasategi' },
  'Picture_0B_by_freespace.jpg': { licence: 'CC-BY-4.0', author: 'Trevor "Freespace"' },
  'Picture_1A_by_freespace.jpg': { licence: 'CC-BY-4.0', author: 'Trevor "Freespace"' },
  'Wine_by_Jakkub_Mede.jpg': { licence: 'CC-BY-4.0', author: 'Jakub Mede' },
  'seeding_by_Clements_Engelhardt.jpg': { licence: 'CC0-1.0', author: 'Clemens Engelhardt' },
};

/** The free wallpapers of lomiri-wallpapers-16.04. */
export function lomiriPhotos(folder: string): PhotoSource[] {
  return Object.entries(lomiriNotes).map(([name, note]) =>
    fileSource('lomiri-wallpapers-16.04', folder, `usr/share/backgrounds/${name}`, note),
  );
}

/** The colour photographs of libjxl-testdata. */
export function libjxlPhotos(folder: string): PhotoSource[] {
  const root = 'usr/share/libjxl-testdata';
  const cc0: LicenceNote = { licence: 'CC0-1.0', author: 'none stated' };
  const names = ['cvo9xd_keong_macan_srgb8', 'tmshre_riaphotographs_srgb8', 'u76c0g_bliznaca_srgb8'];
  return [
    ...names.map((name) =>
      fileSource('libjxl-testdata', folder, `${root}/external/wesaturate/500px/${name}.png`, cc0),
    ),
    fileSource('libjxl-testdata', folder, `${root}/jxl/flower/flower.png`, {
      licence: 'BSD-3-Clause',
      author: 'the JPEG XL Project Authors',
    }),
  ];
}

/** Backgrounds of enlightenment-data that are photographs (the others are patterns and drawings). */
const enlightenmentNames: readonly string[] = [
  'Bamboo',
  'Foggy-Trees',
  'Green-Maple',
  'God-Rays',
  'Mountain',
  'Lichen-Branches',
  'Peaks',
  'Red-Maple',
  'Sea-of-Lanterns',
  'Snow-Trees',
  'Spruce-Needles',
  'Sunset-Clouds',
  'White-Flower',
  'Yellow-Flower',
];

/** Photos of enlightenment-data: the longest JPEG stream of each `.edj` file. */
export async function enlightenmentPhotos(folder: string): Promise<PhotoSource[]> {
  const files = await readdir(folder, { recursive: true });
  const note: LicenceNote = { licence: 'BSD-2-Clause', author: 'the Enlightenment authors' };
  return enlightenmentNames.flatMap((name) => {
    const path = files.find((file) => file.endsWith(`/${name}.edj`));
    if (!path) throw new Error(`expected ${name}.edj in enlightenment-data, came no such file`);
    const read = async (): Promise<Buffer> => {
      const jpeg = largestJpeg(await readFile(join(folder, path)));
      if (!jpeg) throw new Error(`expected a JPEG stream in ${path}, came none`);
      return jpeg;
    };
    const id = `enlightenment-data:${name}`;
    return [
      { id, package: 'enlightenment-data', path: `${path}!jpeg`, note, caption: captionOf(name), read },
    ];
  });
}

/** A photo that lies as a file of its own in an unpacked package. */
export function fileSource(
  packageName: string,
  folder: string,
  path: string,
  note: LicenceNote,
): PhotoSource {
  const name =
    path
      .replace(/\.[a-z]+$/i, '')
      .split('/')
      .at(-1) ?? path;
  return {
    id: `${packageName}:${name}`,
    package: packageName,
    path,
    note,
    read: () => readFile(join(folder, path)),
  };
}
