/** Sentences that ask for two edits at once. */
import type { EditId, EditRequest } from '../edits.ts';
import { type Split, sampleInstruction } from './instruction.ts';
import { type Language, pick } from './language.ts';

/** Pairs that make sense together, in the order in which they are applied. */
export const compounds: readonly (readonly [EditId, EditId])[] = [
  ['snow', 'night'],
  ['snow', 'night'],
  ['fog', 'night'],
  ['snow', 'fog'],
  ['autumn', 'fog'],
  ['autumn', 'sunset'],
  ['spring', 'brighter'],
  ['black_and_white', 'more_contrast'],
  ['black_and_white', 'blur'],
  ['warmer', 'brighter'],
  ['cooler', 'darker'],
  ['muted', 'darker'],
  ['sharpen', 'more_saturated'],
  ['sky_pink', 'warmer'],
  ['sky_dramatic', 'darker'],
];

/** Phrases in which two edits have become one thing. */
const phrases: Readonly<Record<string, Readonly<Record<Language, readonly string[]>>>> = {
  'snow+night': {
    en: [
      'make it a snowy night',
      'a snowy night',
      'turn it into a snowy winter night',
      'make this a cold winter night',
      'I want a snowy night scene',
      'change it to a night with snow',
    ],
    zh: ['变成下雪的夜晚', '雪夜', '让它变成雪夜', '改成冬天的夜晚', '我想要一个下雪的夜晚', '下着雪的晚上'],
  },
  'fog+night': {
    en: ['make it a foggy night', 'a misty night', 'turn it into a foggy night'],
    zh: ['变成有雾的夜晚', '雾夜', '让它变成大雾的夜晚'],
  },
  'autumn+sunset': {
    en: ['make it an autumn sunset', 'an autumn evening at sunset'],
    zh: ['变成秋天的日落', '秋天的夕阳'],
  },
  'autumn+fog': {
    en: ['make it a foggy autumn day', 'a misty autumn morning'],
    zh: ['变成有雾的秋天', '秋天的雾天'],
  },
};

const connectors: Readonly<Record<Language, readonly string[]>> = {
  en: [' and ', ', and ', ', then ', ' and also '],
  zh: ['，', '，并且', '，然后', '，同时'],
};
/** How often a pair that has a phrase of its own uses it. */
const phraseShare = 0.7;

/** An instruction for both edits; the words of the second follow those of the first. */
export function sampleCompound(
  request: EditRequest & { readonly also: EditId },
  split: Split,
  language: Language,
  random: () => number,
): string {
  const own = phrases[`${request.id}+${request.also}`]?.[language];
  if (own && random() < phraseShare) return pick(own, random);
  const { also, ...first } = request;
  const second = { id: also, strength: 'normal' } as const;
  const clause = (part: EditRequest): string =>
    sampleInstruction(part, split, language, random).replace(/[.!?。！？]+$/u, '');
  return clause(first) + pick(connectors[language], random) + clause(second);
}
