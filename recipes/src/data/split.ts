import { createHash } from 'node:crypto';

/**
 * `train` is learned from, `heldout` measures the same kind of picture, `evaluation` comes from packages never trained on,
 * and so does `vision`, on which only finding things is measured.
 */
export type Split = 'train' | 'heldout' | 'evaluation' | 'vision';

const heldoutShare = 0.15;

/** A number in [0, 1) that depends on nothing but the text. */
export function unitHash(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}

/**
 * Split of a training photo. The hash is taken of the subject (the file name without folder, extension, case and
 * punctuation), so two pictures of one monument that lie in different folders fall on the same side.
 */
export function photoSplit(id: string): 'train' | 'heldout' {
  const name = id.split(/[/:]/).at(-1) ?? id;
  const subject = name
    .replace(/\.[a-z]+$/i, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  return unitHash(subject) < heldoutShare ? 'heldout' : 'train';
}

/** Split of an object: all pictures of one design fall on the same side. */
export function familySplit(family: string): Exclude<Split, 'evaluation'> {
  return unitHash(family) < heldoutShare ? 'heldout' : 'train';
}

/**
 * Splits the cut-outs of one noun. Whole families (drawings of one design) go to the held-out side, in the order of
 * their hashes, until it has 15 % of the pictures; one family always stays in training.
 *
 * @param families one name per picture, repeated for pictures of one family
 * @returns the held-out families
 */
export function heldoutFamilies(families: readonly string[]): Set<string> {
  const ranked = [...new Set(families)].sort((a, b) => unitHash(a) - unitHash(b));
  const heldout = new Set<string>();
  let count = 0;
  for (const family of ranked.slice(0, -1)) {
    if (count >= families.length * heldoutShare) break;
    heldout.add(family);
    count += families.filter((other) => other === family).length;
  }
  return heldout;
}

/** What the split of a picture depends on. */
export interface SplitPicture {
  readonly object: string;
  readonly family: string;
  /** It came after the held-out pictures were chosen, and doesn't take part in the choice. */
  readonly isTrainingOnly: boolean;
}

/**
 * The split of each picture, by {@link heldoutFamilies} of its noun: `fluent/cat` of one noun says nothing about another.
 * A picture that is only for training has none where its design is held out: learning from it would give the answer away.
 */
export function pictureSplits(pictures: readonly SplitPicture[]): ('train' | 'heldout' | undefined)[] {
  const measured = pictures.filter((picture) => !picture.isTrainingOnly);
  const groups = Object.groupBy(measured, ({ object }) => object);
  const heldout = new Set(
    Object.values(groups).flatMap((group = []) => [...heldoutFamilies(group.map(familyOf))]),
  );
  return pictures.map((picture) => {
    if (!heldout.has(familyOf(picture))) return 'train';
    return picture.isTrainingOnly ? undefined : 'heldout';
  });
}

function familyOf({ object, family }: SplitPicture): string {
  return `${object}/${family}`;
}
