import type { ColourId, EditId, ObjectId, Strength } from '../edits.ts';

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];

/** Ways to say how much, per strength; `*` stands for the words that are graded. */
export type Degrees = Readonly<Record<Strength, readonly string[]>>;

/** What one language knows: templates per edit, names, degrees, and how its speakers ask. */
export interface Speech {
  readonly templates: Readonly<Record<EditId, readonly string[]>>;
  /** Words that stand for the photo, `it`. */
  readonly pronouns: readonly string[];
  /** Ways to name the photo. */
  readonly photo: readonly string[];
  readonly objects: Readonly<Record<ObjectId, readonly string[]>>;
  readonly colours: Readonly<Record<ColourId, readonly string[]>>;
  /** Grading slots (`{cmp:warmer}`), by slot name. */
  readonly degrees: Readonly<Record<string, Degrees>>;
  /** Afterthoughts that grade a wording which has no grading slot, `, just a little`. */
  readonly afterthoughts: Degrees;
  /** Adds politeness, punctuation, casing and spelling; `isCommand` says whether "please" or "can you" may lead. */
  readonly dress: (text: string, isCommand: boolean, random: () => number) => string;
  /** The units in which held-out wordings must be covered by training wordings: words, characters. */
  readonly units: (text: string) => readonly string[];
}

/** A member of a list that is not empty. */
export function pick<T>(choices: readonly T[], random: () => number): T {
  const choice = choices[Math.min(choices.length - 1, Math.floor(random() * choices.length))];
  if (choice === undefined) throw new TypeError('cannot pick from an empty list');
  return choice;
}

/** Words before a command and after it, with the weight of the choice. */
export type Opening = readonly [weight: number, words: string, end: string];

/** An opening, drawn by weight. */
export function pickOpening(openings: readonly Opening[], random: () => number): Opening {
  let left = random() * openings.reduce((sum, [weight]) => sum + weight, 0);
  for (const opening of openings) {
    left -= opening[0];
    if (left < 0) return opening;
  }
  return pick(openings, random);
}
