// Byte-level BPE as CLIP defines it: bytes as printable characters, `</w>` at each word's end (Radford et al., 2021).
import { wordPattern } from '@darkroom/gpu-worker/models/tokenizer-file';

/** The last two entries of a vocabulary, in this order, as in CLIP. */
export const startToken = '<|startoftext|>';
export const endToken = '<|endoftext|>';

/** Han characters stand alone: Chinese has no spaces, and a character should read the same wherever it stands. */
export const hanPattern = '[㐀-䶿一-鿿]';

export interface Bpe {
  /** Token to id: 256 bytes, the same with `</w>`, one per merge, start, end. */
  readonly vocab: Record<string, number>;
  /** Pairs with a space between, the first merged first. */
  readonly merges: string[];
}

/** Bytes in CLIP's order of ids, each as a printable character (GPT-2's table). */
function byteAlphabet(): ReadonlyMap<number, string> {
  const isPrintable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const others = bytes.filter((byte) => !isPrintable(byte));
  return new Map([
    ...bytes.filter(isPrintable).map((byte) => [byte, String.fromCharCode(byte)] as const),
    ...others.map((byte, index) => [byte, String.fromCharCode(256 + index)] as const),
  ]);
}

const hanRuns = new RegExp(hanPattern, 'gu');
const words = new RegExp(wordPattern, 'gu');

/** The words of a text, as the tokenizer that reads the trained files splits them. */
export function splitWords(text: string): readonly string[] {
  return text.normalize('NFC').toLowerCase().replaceAll(hanRuns, ' $& ').match(words) ?? [];
}

interface Word {
  pieces: readonly string[];
  readonly count: number;
}

/**
 * Learns merges until the vocabulary has `size` entries or no pair occurs twice; of equally frequent pairs the first in
 * code-unit order is merged, so the result depends on the texts alone.
 *
 * @throws RangeError when `size` has no room for the bytes and the two marks.
 */
export function trainBpe(texts: Iterable<string>, size: number): Bpe {
  const alphabet = byteAlphabet();
  const tokens = [...alphabet.values(), ...[...alphabet.values()].map((char) => `${char}</w>`)];
  const room = size - tokens.length - 2;
  if (!Number.isInteger(size) || room < 0) {
    throw new RangeError(`expected a vocabulary of at least ${tokens.length + 2} entries, came ${size}`);
  }
  const corpus = countWords(texts, alphabet);
  const merges: string[] = [];
  while (merges.length < room) {
    const pair = mostFrequentPair(corpus);
    if (pair === undefined) break;
    merges.push(pair);
    const [left, right] = pair.split(' ') as [string, string];
    tokens.push(left + right);
    for (const word of corpus) word.pieces = mergePair(word.pieces, left, right);
  }
  tokens.push(startToken, endToken);
  return { vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges };
}

function countWords(texts: Iterable<string>, alphabet: ReadonlyMap<number, string>): readonly Word[] {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const word of splitWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const encoder = new TextEncoder();
  return [...counts].map(([word, count]) => {
    const pieces = Array.from(encoder.encode(word), (byte) => alphabet.get(byte) ?? '');
    return { pieces: pieces.with(-1, `${pieces.at(-1)}</w>`), count };
  });
}

function mostFrequentPair(corpus: readonly Word[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { pieces, count } of corpus) {
    for (let i = 1; i < pieces.length; i++) {
      const pair = `${pieces[i - 1]} ${pieces[i]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + count);
    }
  }
  let best: string | undefined;
  let most = 1;
  for (const [pair, count] of counts) {
    if (count > most || (count === most && best !== undefined && pair < best)) [best, most] = [pair, count];
  }
  return best;
}

function mergePair(pieces: readonly string[], left: string, right: string): readonly string[] {
  if (!pieces.includes(left)) return pieces;
  const merged: string[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] as string;
    const isPair = piece === left && pieces[i + 1] === right;
    merged.push(isPair ? left + right : piece);
    if (isPair) i++;
  }
  return merged;
}
