/** Which icon sets are read, and for what. */
import type { LicenceNote } from './licence.ts';

/** A set of emoji drawings: where it comes from and what of it is left out. */
export interface IconSet {
  readonly package: string;
  /** Sets that draw the same designs share it. */
  readonly design: string;
  readonly note: LicenceNote;
  /** Nouns and names whose drawings show more than the object, or another one. */
  readonly without: readonly string[];
}

/** These sets draw boats on a slab of water. */
export const waterlogged: readonly string[] = ['boat'];

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
