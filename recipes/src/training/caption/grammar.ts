/** Sentences about pictures whose contents are known: how many of what, of which colour, where. */
import type { Noun } from './nouns.ts';

/** Things of one noun. */
export interface Group {
  readonly noun: Noun;
  readonly count: number;
  /** Of all of them; absent where they differ or have several. */
  readonly colour?: string;
}

const numbers = ['no', 'one', 'two', 'three', 'four', 'five'];

/** "a red car", "two dogs", "many birds". */
export function groupPhrase({ noun, count, colour }: Group): string {
  const words = colour ? [colour] : [];
  if (count > 1) return [numbers[count] ?? 'many', ...words, noun.many].join(' ');
  // The colour of a pair belongs to what it is a pair of.
  const [pair, of] = noun.one.split(' of ');
  const named = of ? `${pair} of ${[...words, of].join(' ')}` : [...words, noun.one].join(' ');
  return withArticle(named);
}

/** "an orange cat", "a car". */
export function withArticle(words: string): string {
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
}

/** "a red car, two dogs and a cat" and then where they are, if that is known. */
export function sceneCaption(groups: readonly Group[], place?: string): string {
  const phrases = groups.map(groupPhrase);
  const last = phrases.pop();
  const listed = phrases.length > 0 ? `${phrases.join(', ')} and ${last}` : last;
  return [listed, place].filter(Boolean).join(' ');
}

/** Grounds that things lie or stand on, as captions of photos name them. */
const grounds =
  /\bon (?:(?:the |an? )?(?:\w+ )?(?:background|cloth|table|street|stage|bed|floor|meadow)|grass|snow|sand)\b/;

/** What captions of photos name, and where something in front of it is said to be: in words that suit other photos too. */
const places: readonly (readonly [named: RegExp, place: string])[] = [
  [/windmill/, 'in front of a windmill'],
  [/pyramid/, 'in front of a pyramid'],
  [/tower|statue/, 'in front of a tower'],
  [/building|castle|palace|church|temple|house|fort|gate|arch|columns|town|wall/, 'in front of a building'],
  [/solar/, 'in front of solar panels'],
  [/meadow|grass/, 'on grass'],
  [/mountain|hill/, 'in front of a mountain'],
  [/tree|forest|leaves|branch|bamboo/, 'in front of trees'],
  [/flower/, 'in front of flowers'],
  [/rock/, 'in front of rocks'],
  [/river|sea|lake|water|dam/, 'by the water'],
  [/people/, 'in front of people'],
  [/sky|clouds/, 'under a cloudy sky'],
];

/**
 * Where something is that was laid over a photo with this caption: on its ground, where it names one, else before what it
 * shows. "a windmill on grass under a cloudy sky" gives "on grass", "a white castle in a forest" "in front of a building".
 *
 * @returns undefined where nothing is a place, such as an animal's face
 */
export function placeBefore(photoCaption: string): string | undefined {
  if (/\b(?:under water|sea under|fish)\b/.test(photoCaption)) return 'under water';
  return grounds.exec(photoCaption)?.[0] ?? places.find(([named]) => named.test(photoCaption))?.[1];
}
