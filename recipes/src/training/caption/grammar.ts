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
const grounds = /\bon (?:(?:a|the) )?(?:grass|snow|sand|meadow|green meadow|water|table|wooden table)\b/;
/** What follows the first thing that a caption names. */
const afterThing =
  / (?:on|in|under|with|by|behind|from|over|at|to|seen|falling|looking|swimming|sitting|standing|lying|walking|flying|playing)\b/;

/**
 * Where something is that was laid over a photo with this caption: on its ground, where it names one, else before its first
 * thing. "a windmill on grass under a cloudy sky" gives "on grass", "a white castle in a forest" "in front of a white castle".
 */
export function placeBefore(photoCaption: string): string {
  if (/\b(?:under water|sea under|fish)\b/.test(photoCaption)) return 'under water';
  const ground = grounds.exec(photoCaption)?.[0];
  if (ground) return ground;
  const [first = ''] = photoCaption.split(afterThing);
  return `${first.endsWith('meadow') ? 'on' : 'in front of'} ${first}`;
}
