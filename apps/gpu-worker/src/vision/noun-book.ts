/** What a detector calls things: its nouns with their wordings, as `nouns.json` of its folder lists them. */
import { z } from 'zod';

/** One thing, or a group of things. */
export const Noun = z.strictObject({
  /** Classes of the detector that are it, or that it looks like. */
  labels: z.array(z.string().min(1)).min(1),
  /** Lower-case wordings, blanks as blanks; plurals need no mention where a rule makes them. */
  english: z.array(z.string().min(1)).default([]),
  chinese: z.array(z.string().min(1)).default([]),
});
export type Noun = z.infer<typeof Noun>;

/** `nouns.json`. */
export const NounList = z.array(Noun).min(1);

/** The nouns by wording; where two share one, the first has it. */
export class NounBook {
  readonly #byWording = new Map<string, Noun>();

  constructor(nouns: readonly Noun[]) {
    for (const noun of nouns) {
      for (const wording of [...noun.english, ...noun.chinese]) {
        if (!this.#byWording.has(wording)) this.#byWording.set(wording, noun);
      }
    }
  }

  /** The noun of a wording as it is listed. */
  exact(wording: string): Noun | undefined {
    return this.#byWording.get(wording);
  }

  /** The noun of an English wording, in the singular or the plural. */
  english(wording: string): Noun | undefined {
    for (const form of singulars(wording)) {
      const noun = this.#byWording.get(form);
      if (noun) return noun;
    }
    return undefined;
  }
}

const pluralEndings: readonly (readonly [RegExp, string])[] = [
  [/ves$/, 'f'],
  [/ves$/, 'fe'],
  [/ies$/, 'y'],
  [/(s|x|z|ch|sh|o)es$/, '$1'],
  [/([^s])s$/, '$1'],
];

/** The word itself, then what it may be the plural of. */
function singulars(word: string): string[] {
  const forms = pluralEndings.filter(([ending]) => ending.test(word));
  return [word, ...forms.map(([ending, singular]) => word.replace(ending, singular))];
}
