/** Emoji of the edits' nouns. */
import type { ObjectId } from '../edits.ts';

/** An emoji by code points (as in file names) and by its name in icon sets; the third is another that is drawn almost alike. */
export type Emoji = readonly [codePoints: string, name: string, like?: string];

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
    ['1f694', 'oncoming-police-car', 'police-car'],
    ['1f696', 'oncoming-taxi', 'taxi'],
  ],
  umbrella: [
    ['2614', 'umbrella-with-rain-drops', 'umbrella'],
    ['26f1-fe0f', 'umbrella-on-ground', 'umbrella'],
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
    ['1f63a', 'grinning-cat', 'cat-face'],
    ['1f63e', 'pouting-cat', 'cat-face'],
    ['1f640', 'weary-cat', 'cat-face'],
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
