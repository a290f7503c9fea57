import { type EditRequest, editIds } from '../edits.ts';
import { type Language, languages, pick } from './language.ts';
import { fillSlots } from './notation.ts';
import { allWordings, speeches, type Wording } from './wordings.ts';

export type Split = 'train' | 'heldout' | 'any';

/** Edits whose words do not change with the strength. */
const ungraded: ReadonlySet<string> = new Set(['keep', 'remove_object']);

/** How often a graded request looks for a wording with a grading slot before it takes any and adds an afterthought. */
const gradedShare = 0.8;

/** How often the photo is called `it` where it may be. */
const pronounShare = 0.45;

/**
 * An instruction for the request as a person would type it.
 *
 * @param split `heldout` draws only wordings that `train` never gives; `any` draws from both.
 * @param random uniform numbers in [0, 1); the same numbers give the same sentence.
 * @throws TypeError when the request names no object or colour though its edit needs one.
 */
export function sampleInstruction(
  request: EditRequest,
  split: Split,
  language: Language,
  random: () => number,
): string {
  const wording = chooseWording(request, split, language, random);
  const text = wordRequest(wording, request, random);
  return speeches[language].dress(text, wording.isCommand, random);
}

function chooseWording(
  request: EditRequest,
  split: Split,
  language: Language,
  random: () => number,
): Wording {
  const own = groups.get(`${request.id}/${split}/${language}`);
  if (own === undefined)
    throw new TypeError(
      `expected an edit, split and language of the closed lists, came ${request.id}, ${split}, ${language}`,
    );
  const wantsGrade = request.strength !== 'normal' && !ungraded.has(request.id) && random() < gradedShare;
  const graded = wantsGrade ? own.filter((group) => group.some((wording) => wording.isGraded)) : [];
  const group = pick(graded.length > 0 ? graded : own, random);
  return pick(group, random);
}

const splits: readonly Split[] = ['train', 'heldout', 'any'];

/** Wordings by template, so that a template with many synonyms is not drawn more often than a short one. */
const groups: ReadonlyMap<string, ReadonlyArray<readonly Wording[]>> = new Map(
  editIds.flatMap((id) =>
    languages.flatMap((language) =>
      splits.map((split) => {
        const own = allWordings(id).filter(
          (wording) => wording.language === language && (split === 'any' || wording.split === split),
        );
        return [
          `${id}/${split}/${language}`,
          [...Map.groupBy(own, (wording) => wording.template).values()],
        ] as const;
      }),
    ),
  ),
);

/** The wording with its slots filled for the request, before politeness and punctuation. */
export function wordRequest(wording: Wording, request: EditRequest, random: () => number): string {
  const speech = speeches[wording.language];
  const strength = ungraded.has(request.id) ? 'normal' : request.strength;
  const text = fillSlots(wording.text, (slot, words) => {
    if (slot === 'it') return pick(random() < pronounShare ? speech.pronouns : speech.photo, random);
    if (slot === 'photo') return pick(speech.photo, random);
    if (slot === 'object') return pick(speech.objects[required(request, 'object')], random);
    if (slot === 'colour') return pick(speech.colours[required(request, 'colour')], random);
    const degrees = speech.degrees[slot];
    if (degrees === undefined) throw new TypeError(`wording has an unknown slot ${slot}: ${wording.text}`);
    return pick(degrees[strength], random).replaceAll('*', () => words);
  });
  return wording.isGraded ? text : text + pick(speech.afterthoughts[strength], random);
}

function required<K extends 'object' | 'colour'>(
  request: EditRequest,
  field: K,
): NonNullable<EditRequest[K]> {
  const value = request[field];
  if (value === undefined) throw new TypeError(`expected ${field} in a request for ${request.id}, came none`);
  return value;
}
