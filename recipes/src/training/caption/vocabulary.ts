/** The words of the captioner: every word that its training can say, and letters for all others. */
import { colourWords } from '../../compositions/colour-word.ts';
import { groupPhrase, placeBefore } from './grammar.ts';
import { nouns } from './nouns.ts';
import type { PhotoCaptions } from './photo-captions.ts';

/** The marks that BERT's tokenizer expects, at the ids where BLIP's configuration defaults do not matter. */
const marks = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789'];

/** The lines of `vocab.txt`. */
export function vocabularyOf(captions: PhotoCaptions): string[] {
  const counts = [1, 2, 3, 4, 5, 6];
  const sentences = [
    ...captions.values(),
    ...[...captions.values()].map((caption) => placeBefore(caption) ?? ''),
    ...nouns.flatMap((noun) => counts.map((count) => groupPhrase({ noun, count }))),
    `a an and of ${colourWords.join(' ')}`,
  ];
  const words = new Set(sentences.flatMap((sentence) => sentence.match(/[a-z]+/g) ?? []));
  const known = [...words].filter((word) => word.length > 1).sort();
  return [...marks, ',', '.', ...letters, ...letters.map((letter) => `##${letter}`), ...known];
}

/** Id of the mark that ends a caption. */
export const endId: number = marks.indexOf('[SEP]');
/** Id that fills up rows of tokens. */
export const paddingId: number = marks.indexOf('[PAD]');
