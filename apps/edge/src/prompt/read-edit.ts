/** Reads a sentence as edits that the embedded model knows, or not at all: what is not understood whole is not read. */
import { meaningOf } from './glossary.ts';
import { readObjectEdit } from './object-edit.ts';
import { coreOf, isStatement, takeDegree } from './phrase.ts';
import {
  connectors,
  type Degree,
  type EditId,
  pairs,
  pairWordings,
  type Speech,
  wordings,
} from './wordings.ts';

/** One edit with what its wording needs. */
export interface EditWish {
  readonly id: EditId;
  readonly degree: Degree;
  readonly object?: string;
  readonly colour?: string;
}

/** One edit, or a pair that the model learnt, in the model's order. */
export type EditWishes = readonly [EditWish] | readonly [EditWish, EditWish];

type Sentence = { readonly text: string; readonly degree: Degree };

function readSentence({ text, degree }: Sentence, speech: Speech): EditWishes | undefined {
  const ids = meaningOf(coreOf(text, speech), speech);
  if (ids === undefined) {
    const object = readObjectEdit(text, speech);
    return object && [{ ...object, degree }];
  }
  const [first, second] = ids.map((id): EditWish => ({ id, degree: 'normal' }));
  if (first === undefined) return undefined;
  if (second !== undefined) return [{ ...first, degree }, second];
  return first.id !== 'keep' && isStatement(text, speech) ? undefined : [{ ...first, degree }];
}

function readClause(clause: string, speech: Speech): EditWishes | undefined {
  // Words that grade may be part of what is named ("decades ago", "too much contrast"): the whole comes first.
  const whole = readSentence({ text: clause, degree: 'normal' }, speech);
  if (whole !== undefined || isStatement(clause, speech)) return whole;
  const graded = takeDegree(clause, speech);
  return graded && graded.degree !== 'normal' ? readSentence(graded, speech) : undefined;
}

const joints: Readonly<Record<Speech, RegExp>> = {
  en: /\s*[,;.](?:\s*(?:and|then|also|but))*\s+|\s+(?:and|then|plus|also|with|but)\s+(?:(?:then|also)\s+)?/giu,
  zh: /\s*(?:[，,。;；、]\s*)?(?:并且|然后|同时|而且|再|并|和|又|加上|还要|[，,。;；、])\s*/gu,
};

function joinPair(left: EditWish, right: EditWish): EditWishes | undefined {
  if (left.id === right.id) {
    const isSame = left.object === right.object && left.colour === right.colour;
    return isSame ? [left.degree === 'normal' ? right : left] : undefined;
  }
  for (const [first, second] of [
    [left, right],
    [right, left],
  ] as const) {
    const isPair = pairs.some(([one, other]) => one === first.id && other === second.id);
    // The model hears the second edit of a pair ungraded.
    if (isPair && second.degree === 'normal') return [first, second];
  }
  return undefined;
}

/** The edits that a normalised sentence wishes for. */
export function readEdits(sentence: string, speech: Speech): EditWishes | undefined {
  const text = sentence.replaceAll(/^["'\s]+|["'\s.。!！?？~～]+$/gu, '');
  const whole = readClause(text, speech);
  if (whole !== undefined) return whole;
  for (const joint of text.matchAll(joints[speech])) {
    const left = readClause(text.slice(0, joint.index), speech);
    const right = left && readClause(text.slice(joint.index + joint[0].length), speech);
    if (left?.length !== 1 || right?.length !== 1) continue;
    return joinPair(left[0], right[0]);
  }
  return undefined;
}

function wordEdit({ id, degree, object = '', colour = '' }: EditWish, speech: Speech): string {
  return wordings[id][speech][degree].replace('{object}', object).replace('{colour}', colour);
}

/** The wishes in the plain words of the embedded model. */
export function wordEdits([first, second]: EditWishes, speech: Speech): string {
  if (second === undefined) return wordEdit(first, speech);
  const own = pairWordings[`${first.id}+${second.id}`];
  if (own && first.degree === 'normal') return own[speech];
  return wordEdit(first, speech) + connectors[speech] + wordEdit(second, speech);
}
