import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTokenizer, type Tokenizer } from '@darkroom/gpu-worker/models/tokenizer';
import { beforeAll, describe, expect, it } from 'vitest';
import { editIds } from '../edits.ts';
import { splitWords, trainBpe } from './bpe.ts';
import { tokenizerFiles } from './tokenizer-files.ts';
import { trainingTexts } from './training-texts.ts';
import { allWordings, speeches, unitsOf } from './wordings.ts';

const texts = ['make it warmer', 'make it warm', '把照片变暖', '变暖', 'MAKE  it 暖!'];

describe('training a byte-level BPE', () => {
  it('merges the most frequent pair first and ends with start and end', () => {
    const { vocab, merges } = trainBpe(['ab ab abc'], 520);
    expect(merges.slice(0, 1)).toEqual(['a b</w>']);
    const size = Object.keys(vocab).length;
    expect(vocab).toMatchObject({ '!': 0, '!</w>': 256, 'ab</w>': 512 });
    expect([vocab['<|startoftext|>'], vocab['<|endoftext|>']]).toEqual([size - 2, size - 1]);
  });

  it('gives the same files for the same texts', () => {
    expect(trainBpe(texts, 600)).toEqual(trainBpe(texts, 600));
    expect(trainBpe(texts, 600)).not.toEqual(trainBpe(texts.slice(1), 600));
  });

  it('refuses a size without room for the bytes', () => {
    expect(() => trainBpe(texts, 513)).toThrow('at least 514 entries, came 513');
  });

  it('keeps each Han character apart', () => {
    expect(splitWords('B&W黑白 photo!')).toEqual(['b', '&', 'w', '黑', '白', 'photo', '!']);
  });

  it('writes files that the tokenizer reads, with every byte a token', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bpe-'));
    try {
      const bpe = trainBpe(texts, 600);
      for (const [name, text] of Object.entries(tokenizerFiles(bpe, 8)))
        await writeFile(join(folder, name), text);
      const tokenizer = await openTokenizer(folder);
      expect(tokenizer.encode('make 暖 it')).toEqual([
        bpe.vocab['make</w>'],
        ...tokenizer.encode('暖'),
        bpe.vocab['it</w>'],
      ]);
      expect(tokenizer.encode('暖')).toHaveLength(1);
      expect(tokenizer.encode('zebra 斑马 é 🦓')).not.toContain(tokenizer.endId);
      expect(tokenizer.encodePadded('make it warm')).toMatchObject({ truncated: false });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("the edit model's tokenizer", () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await openTokenizer(
      fileURLToPath(new URL('../../../weights/edit/tokenizer', import.meta.url)),
    );
  });

  it('has start and end last and pads with end', () => {
    const { vocabSize } = tokenizer;
    expect(vocabSize).toBeLessThanOrEqual(1536);
    expect(tokenizer).toMatchObject({
      length: 32,
      startId: vocabSize - 2,
      endId: vocabSize - 1,
      padId: vocabSize - 1,
    });
  });

  it('reads each Han character of the grammar as one token', () => {
    const units = editIds.flatMap((id) =>
      allWordings(id).flatMap((wording) => unitsOf(wording.text, speeches[wording.language])),
    );
    const characters = [...new Set(units)].filter((unit) => /\p{Script=Han}/u.test(unit));
    expect(characters.length).toBeGreaterThan(250);
    expect(characters.filter((character) => tokenizer.encode(character).length > 1)).toEqual([]);
  });

  it('leaves room for every sentence', () => {
    const longest = [...trainingTexts()].reduce(
      (most, text) => Math.max(most, tokenizer.encode(text).length),
      0,
    );
    expect(longest).toBeGreaterThan(15);
    expect(longest).toBeLessThanOrEqual(tokenizer.length - 2);
  });
});
