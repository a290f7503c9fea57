import { type Degrees, type Opening, pick, pickOpening, type Speech } from '../language.ts';
import { colourNames, objectNames, objectTemplates } from './object.ts';
import { sceneTemplates } from './scene.ts';
import { styleTemplates } from './style.ts';
import { toneTemplates } from './tone.ts';

const degrees: Readonly<Record<string, Degrees>> = {
  cmp: {
    slight: [
      'slightly *',
      'a bit *',
      'a little *',
      'a touch *',
      'a tad *',
      'just a bit *',
      'a little bit *',
      'somewhat *',
    ],
    normal: ['*'],
    strong: ['much *', 'a lot *', 'way *', 'far *', 'much much *', 'considerably *', 'very much *'],
  },
  adj: {
    slight: ['slightly *', 'a bit *', 'a little *', 'a little bit *', 'just slightly *', 'somewhat *'],
    normal: ['*'],
    strong: ['very *', 'really *', 'extremely *', 'super *', 'very very *', 'strongly *'],
  },
  adv: {
    slight: [
      'slightly *',
      '* slightly',
      '* a bit',
      '* a little',
      '* just a bit',
      '* a little bit',
      'gently *',
    ],
    normal: ['*'],
    strong: [
      '* a lot',
      'really *',
      '* strongly',
      'strongly *',
      '* very much',
      '* considerably',
      '* as much as possible',
    ],
  },
  some: {
    slight: ['a little *', 'a bit of *', 'a little bit of *', 'slight *', 'a touch of *'],
    normal: ['*', '*', 'some *'],
    strong: ['a lot of *', 'lots of *', 'very much *', 'heavy *', 'a great deal of *'],
  },
  a: {
    slight: ['a slight *', 'a subtle *', 'a slightly *', 'a mild *', 'a gentle *'],
    normal: ['a *'],
    strong: ['a strong *', 'a very strong *', 'a really *', 'an extremely *', 'a heavy *', 'an intense *'],
  },
};

const afterthoughts: Degrees = {
  slight: [
    ', just a little',
    ', slightly',
    ', but only a bit',
    ', just a bit',
    ', but subtle',
    ' a little bit',
  ],
  normal: [''],
  strong: [
    ', strongly',
    ', very strong',
    ', as much as possible',
    ', and really strong',
    ', a lot',
    ', with a strong effect',
  ],
};

const plain: Opening = [1, '', ''];

const openings: readonly Opening[] = [
  [40, '', ''],
  [12, 'please ', ''],
  [7, 'can you ', '?'],
  [5, 'could you ', '?'],
  [4, 'can you please ', '?'],
  [4, 'could you please ', '?'],
  [3, 'would you ', '?'],
  [3, 'I want you to ', ''],
  [3, "I'd like you to ", ''],
  [2, 'now ', ''],
  [2, 'just ', ''],
  [2, 'please just ', ''],
  [1, 'hey, ', ''],
];

const american: ReadonlyArray<readonly [RegExp, string]> = [
  [/colour/giu, 'color'],
  [/grey/giu, 'gray'],
];

function dress(text: string, isCommand: boolean, random: () => number): string {
  const [, opening, question] = isCommand ? pickOpening(openings, random) : plain;
  const asks = question === '?' || /^(can|what|how) /u.test(text);
  let said = opening + text.replaceAll(/\ba (?=(an?|the) )/gu, '').replaceAll(/\ba (?=[aeio])/gu, 'an ');
  if (!/please/u.test(said) && random() < 0.08)
    said += pick([' please', ', please', ' for me', ', thanks', ' thank you'], random);
  if (random() < 0.45) for (const [british, spelling] of american) said = said.replaceAll(british, spelling);
  said += asks ? pick(['?', '?', ''], random) : pick(['', '', '', '', '.', '.', '!'], random);
  const casing = random();
  if (casing < 0.04) return said.toUpperCase();
  return casing < 0.5
    ? said.charAt(0).toUpperCase() + said.slice(1)
    : casing < 0.75
      ? said
      : said.toLowerCase();
}

export const english: Speech = {
  templates: { ...toneTemplates, ...styleTemplates, ...sceneTemplates, ...objectTemplates },
  pronouns: ['it', 'it', 'it', 'this'],
  photo: [
    'the photo',
    'the picture',
    'the image',
    'the photo',
    'the picture',
    'the image',
    'this photo',
    'this picture',
    'this image',
    'my photo',
    'my picture',
    'the scene',
    'the whole scene',
    'the whole photo',
    'the whole picture',
  ],
  objects: objectNames,
  colours: colourNames,
  degrees,
  afterthoughts,
  dress,
  units: (text) => text.toLowerCase().match(/[a-z0-9&/'-]+/gu) ?? [],
};
