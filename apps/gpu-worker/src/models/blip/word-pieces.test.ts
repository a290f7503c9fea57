import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWordPieces } from './word-pieces.ts';

const tokens = [
  ...['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'],
  ...['a', 'dog', 'play', '##ing', '##s', 'ball', 'cafe', '.', ',', "'", 't', 'don', '犬', '-', '1', '##0'],
];
const id = (token: string): number => tokens.indexOf(token);
const ids = (...pieces: string[]): number[] => pieces.map(id);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'word-pieces-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, content: string): Promise<void> => writeFile(join(folder, name), content);

describe('a word-piece tokenizer', () => {
  it('cuts words into the longest pieces that it knows', async () => {
    await write('vocab.txt', `${tokens.join('\n')}\n`);
    const { encode } = await openWordPieces(folder);
    expect(encode('A dog playing balls.')).toEqual(ids('a', 'dog', 'play', '##ing', 'ball', '##s', '.'));
    expect(encode('dogfood 10')).toEqual(ids('[UNK]', '1', '##0'));
  });

  it('makes letters small without accents, and sets signs and Chinese characters apart', async () => {
    await write('vocab.txt', tokens.join('\n'));
    const { encode } = await openWordPieces(folder);
    expect(encode(' CAFÉ\t-dog\u0000s ')).toEqual(ids('cafe', '-', 'dog', '##s'));
    expect(encode("don't犬犬")).toEqual(ids('don', "'", 't', '犬', '犬'));
    expect(encode('')).toEqual([]);
  });

  it('says what ids mean, without marks and unknown ids', async () => {
    await write('vocab.txt', tokens.join('\n'));
    const { decode } = await openWordPieces(folder);
    const sentence = ids('a', 'dog', 'play', '##ing', ',', 'don', "'", 't', '.');
    expect(decode([30522, id('[CLS]'), ...sentence, id('[SEP]'), id('[PAD]')])).toBe("a dog playing, don't.");
    expect(decode([30522, id('[SEP]')])).toBe('');
    expect(decode(ids('##ing', 'dog'))).toBe('##ing dog');
  });

  it('puts the marks of start and end around, and leaves out what has no room', async () => {
    await write('vocab.txt', tokens.join('\n'));
    const { encodeMarked } = await openWordPieces(folder);
    expect(encodeMarked('a dog', 9)).toEqual(ids('[CLS]', 'a', 'dog', '[SEP]'));
    expect(encodeMarked('a dog playing', 4)).toEqual(ids('[CLS]', 'a', 'dog', '[SEP]'));
  });

  it('keeps case where the folder says so', async () => {
    await write('vocab.txt', tokens.join('\n'));
    await write('tokenizer_config.json', JSON.stringify({ do_lower_case: false }));
    const { encode } = await openWordPieces(folder);
    expect(encode('Dog dog')).toEqual(ids('[UNK]', 'dog'));
  });

  it('is read from tokenizer.json', async () => {
    await write(
      'tokenizer.json',
      JSON.stringify({
        added_tokens: [{ id: 1, content: '[SEP]', special: true }],
        normalizer: { type: 'BertNormalizer', lowercase: true },
        pre_tokenizer: { type: 'BertPreTokenizer' },
        post_processor: null,
        decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
        model: {
          type: 'WordPiece',
          unk_token: '[UNK]',
          continuing_subword_prefix: '##',
          vocab: { '[UNK]': 0, '[SEP]': 1, red: 2, '##der': 3 },
        },
      }),
    );
    const { encode, decode } = await openWordPieces(folder);
    expect(encode('Redder red')).toEqual([2, 3, 2]);
    expect(decode([2, 3, 1])).toBe('redder');
  });

  it('names the file that is missing or wrong', async () => {
    await expect(openWordPieces(folder)).rejects.toMatchObject({ code: 'model_not_found' });
    await write('vocab.txt', ['a', ...tokens].join('\n'));
    await expect(openWordPieces(folder)).rejects.toThrow('a token stands there twice');
    await write('vocab.txt', tokens.slice(1).join('\n'));
    await expect(openWordPieces(folder)).rejects.toMatchObject({ code: 'model_corrupt' });
  });
});
