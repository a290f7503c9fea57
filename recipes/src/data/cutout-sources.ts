import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectId } from '../edits.ts';
import { objectIds } from '../edits.ts';
import type { LicenceNote } from './licence.ts';

/** One encoded cut-out found in a package, before it is decoded and stored. */
export interface CutoutSource {
  /** `<package>:<name>`, unique. */
  readonly id: string;
  readonly package: string;
  readonly path: string;
  readonly name: string;
  readonly object: ObjectId;
  /** Equal for drawings of one design, which must not be torn apart by the split. */
  readonly family: string;
  readonly note: LicenceNote;
  /** Never measured on, whatever its family: it came after the measurements were fixed. */
  readonly isTrainingOnly: boolean;
  /** WebP, PNG or SVG file contents. */
  readonly read: () => Promise<Buffer>;
}

/** An emoji by code points (as in file names) and by its name in icon sets. */
type Emoji = readonly [codePoints: string, name: string];

/** Which emoji show which noun. */
export const emojiOfObject: Readonly<Record<ObjectId, readonly Emoji[]>> = {
  car: [
    ['1f697', 'automobile'],
    ['1f699', 'sport-utility-vehicle'],
    ['1f695', 'taxi'],
    ['1f693', 'police-car'],
    ['1f698', 'oncoming-automobile'],
    ['1f3ce-fe0f', 'racing-car'],
  ],
  bus: [
    ['1f68c', 'bus'],
    ['1f68d', 'oncoming-bus'],
    ['1f68e', 'trolleybus'],
    ['1f690', 'minibus'],
  ],
  apple: [
    ['1f34e', 'red-apple'],
    ['1f34f', 'green-apple'],
  ],
  balloon: [['1f388', 'balloon']],
  umbrella: [
    ['2602-fe0f', 'umbrella'],
    ['1f302', 'closed-umbrella'],
  ],
  cup: [
    ['2615', 'hot-beverage'],
    ['1f375', 'teacup-without-handle'],
    ['1f964', 'cup-with-straw'],
  ],
  chair: [
    ['1fa91', 'chair'],
    ['1f4ba', 'seat'],
  ],
  ball: [
    ['26bd', 'soccer-ball'],
    ['1f3c0', 'basketball'],
    ['1f3d0', 'volleyball'],
    ['26be', 'baseball'],
    ['1f3c8', 'american-football'],
  ],
  flower: [
    ['1f338', 'cherry-blossom'],
    ['1f33b', 'sunflower'],
    ['1f339', 'rose'],
    ['1f337', 'tulip'],
    ['1f33a', 'hibiscus'],
    ['1f33c', 'blossom'],
    ['1fab7', 'lotus'],
  ],
  hat: [
    ['1f3a9', 'top-hat'],
    ['1f452', 'womans-hat'],
    ['1f9e2', 'billed-cap'],
    ['1f393', 'graduation-cap'],
  ],
  boat: [
    ['26f5', 'sailboat'],
    ['1f6a4', 'speedboat'],
    ['1f6e5-fe0f', 'motor-boat'],
    ['1f6f6', 'canoe'],
  ],
  bicycle: [['1f6b2', 'bicycle']],
  dog: [
    ['1f415', 'dog'],
    ['1f436', 'dog-face'],
    ['1f429', 'poodle'],
    ['1f9ae', 'guide-dog'],
    ['1f415-200d-1f9ba', 'service-dog'],
  ],
  cat: [
    ['1f408', 'cat'],
    ['1f431', 'cat-face'],
    ['1f408-200d-2b1b', 'black-cat'],
  ],
  bird: [
    ['1f426', 'bird'],
    ['1f424', 'baby-chick'],
    ['1f425', 'front-facing-baby-chick'],
    ['1f99c', 'parrot'],
    ['1f985', 'eagle'],
    ['1f986', 'duck'],
    ['1f54a-fe0f', 'dove'],
    ['1f989', 'owl'],
  ],
  fish: [
    ['1f41f', 'fish'],
    ['1f420', 'tropical-fish'],
    ['1f421', 'blowfish'],
  ],
};

/** Further emoji of the nouns, for training only. */
export const trainingEmoji: Readonly<Partial<Record<ObjectId, readonly Emoji[]>>> = {
  car: [
    ['1f694', 'oncoming-police-car'],
    ['1f696', 'oncoming-taxi'],
  ],
  umbrella: [
    ['2614', 'umbrella-with-rain-drops'],
    ['26f1-fe0f', 'umbrella-on-ground'],
  ],
  cup: [
    ['1f9cb', 'bubble-tea'],
    ['1f37a', 'beer-mug'],
  ],
  ball: [
    ['1f94e', 'softball'],
    ['1f3c9', 'rugby-football'],
    ['1f3b1', 'pool-8-ball'],
  ],
  flower: [
    ['1f940', 'wilted-flower'],
    ['1f3f5-fe0f', 'rosette'],
    ['1fabb', 'hyacinth'],
  ],
  boat: [
    ['26f4-fe0f', 'ferry'],
    ['1f6f3-fe0f', 'passenger-ship'],
    ['1f6a2', 'ship'],
  ],
  cat: [
    ['1f63a', 'grinning-cat'],
    ['1f63e', 'pouting-cat'],
    ['1f640', 'weary-cat'],
  ],
  bird: [
    ['1f413', 'rooster'],
    ['1f414', 'chicken'],
    ['1f983', 'turkey'],
    ['1f427', 'penguin'],
    ['1f9a2', 'swan'],
    ['1f9a9', 'flamingo'],
    ['1f423', 'hatching-chick'],
    ['1fabf', 'goose'],
    ['1f99a', 'peacock'],
    ['1f9a4', 'dodo'],
  ],
  fish: [['1f988', 'shark']],
};

/** A set of emoji drawings: where it comes from and what of it is left out. */
export interface IconSet {
  readonly package: string;
  /** Sets that draw the same designs share it. */
  readonly design: string;
  readonly note: LicenceNote;
  /** Nouns and names whose drawings show more than the object, or another one. */
  readonly without: readonly string[];
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

/** These sets draw boats on a slab of water. */
const waterlogged: readonly string[] = ['boat'];

/** Icon sets in the Iconify form: one JSON file of SVG bodies. Held-out pictures are chosen from these. */
export const iconSets: readonly IconSet[] = [
  {
    package: '@iconify-json/noto',
    design: 'noto',
    note: { licence: 'Apache-2.0', author: 'Google Inc.' },
    without: [],
  },
  {
    package: '@iconify-json/noto-v1',
    design: 'noto',
    note: { licence: 'Apache-2.0', author: 'Google Inc.' },
    // A hoop and a splash.
    without: ['basketball', 'closed-umbrella'],
  },
  {
    package: '@iconify-json/fluent-emoji',
    design: 'fluent',
    note: { licence: 'MIT', author: 'Microsoft Corporation' },
    without: waterlogged,
  },
  {
    package: '@iconify-json/twemoji',
    design: 'twemoji',
    note: { licence: 'CC-BY-4.0', author: 'Twitter', source: 'https://github.com/twitter/twemoji' },
    without: waterlogged,
  },
];

/** Icon sets of which every picture is for training, but those of a design that is held out. */
export const trainingIconSets: readonly IconSet[] = [
  {
    package: '@iconify-json/emojione',
    design: 'emojione',
    note: {
      licence: 'CC-BY-4.0',
      author: 'Emoji One',
      source: 'https://github.com/EmojiTwo/emojitwo',
    },
    // Water, a rower and a hoop.
    without: ['sailboat', 'speedboat', 'motor-boat', 'ferry', 'passenger-ship', 'ship', 'duck', 'basketball'],
  },
  {
    package: '@iconify-json/fxemoji',
    design: 'fxemoji',
    note: { licence: 'Apache-2.0', author: 'Mozilla' },
    without: waterlogged,
  },
  {
    package: '@iconify-json/streamline-emojis',
    design: 'streamline',
    note: {
      licence: 'CC-BY-4.0',
      author: 'Streamline',
      source: 'https://github.com/webalys-hq/streamline-vectors',
    },
    // A picture in a frame, and a flag.
    without: ['ship', 'turkey'],
  },
  {
    package: '@iconify-json/fluent-emoji-flat',
    design: 'fluent',
    note: { licence: 'MIT', author: 'Microsoft Corporation' },
    without: waterlogged,
  },
];

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
      const name = emoji[1];
      const found = set.without.includes(name) ? undefined : find(emoji);
      if (!found) return [];
      const shared = { id: `${set.package}:${name}`, package: set.package, name, object, note: set.note };
      return [{ ...shared, family: `${set.design}/${name}`, isTrainingOnly, ...found }];
    });
  });
}
