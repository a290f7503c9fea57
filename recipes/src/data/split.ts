import { createHash } from 'node:crypto';

/** `train` is learned from, `heldout` measures the same kind of picture, `evaluation` comes from packages never trained on. */
export type Split = 'train' | 'heldout' | 'evaluation';

const heldoutShare = 0.15;

/** A number in [0, 1) that depends on nothing but the text. */
export function unitHash(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}

/**
 * Split of a training photo. The hash is taken of the subject (the file name without folder, extension, case and
 * punctuation), so two pictures of one monument that lie in different folders fall on the same side.
 */
export function photoSplit(id: string): Exclude<Split, 'evaluation'> {
  const name = id.split(/[/:]/).at(-1) ?? id;
  const subject = name
    .replace(/\.[a-z]+$/i, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  return unitHash(subject) < heldoutShare ? 'heldout' : 'train';
}

/**
 * Splits the cut-outs of one noun by rank of their hashes, so that every noun keeps pictures on both sides: a share of
 * 15 %, at least one once there are four.
 *
 * @returns the held-out ids
 */
export function heldoutCutouts(ids: readonly string[]): Set<string> {
  const count = ids.length < 4 ? 0 : Math.max(1, Math.floor(ids.length * heldoutShare));
  const ranked = [...ids].sort((a, b) => unitHash(a) - unitHash(b));
  return new Set(ranked.slice(0, count));
}
