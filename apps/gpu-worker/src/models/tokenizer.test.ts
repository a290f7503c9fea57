import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTokenizer } from './tokenizer.ts';
import { clipTokenizerFile } from './tokenizer-file.ts';

const [start, end] = ['<|startoftext|>', '<|endoftext|>'];
const letters = ['a', 'c', 't'];
const tokens = [
  ...letters,
  ...letters.map((letter) => `${letter}</w>`),
  'at</w>',
  'cat</w>',
  '猫</w>',
  '!',
  start,
  end,
];
const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
const merges = ['a t</w>', 'c at</w>'];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

const oldLayout = { 'vocab.json': vocab, 'merges.txt': `#version: 0.2\n${merges.join('\n')}\n` };
const fastLayout = { 'tokenizer.json': clipTokenizerFile({ vocab, merges, start, end, unknown: end }) };

describe('a tokenizer folder', () => {
  it.each([
    ['vocab.json and merges.txt', oldLayout],
    ['tokenizer.json', fastLayout],
  ])('is read from %s', async (_, files) => {
    await write(files);
    const tokenizer = await openTokenizer(folder);
    expect(tokenizer.encode('  CAT at\n a ')).toEqual([7, 6, 3]);
    expect(tokenizer).toMatchObject({ vocabSize: 12, length: 77, startId: 10, endId: 11, padId: 11 });
  });

  it('prefers tokenizer.json, whose pairs may be arrays', async () => {
    const { model, ...rest } = fastLayout['tokenizer.json'];
    const pairs = model.merges.map((merge) => merge.split(' '));
    await write({
      ...oldLayout,
      'merges.txt': '',
      'tokenizer.json': { ...rest, model: { ...model, merges: pairs } },
    });
    expect((await openTokenizer(folder)).encode('cat')).toEqual([7]);
  });

  it('takes length and padding from its configuration', async () => {
    const token = { content: '!', lstrip: false };
    await write({ ...oldLayout, 'tokenizer_config.json': { pad_token: token, model_max_length: 6 } });
    const tokenizer = await openTokenizer(folder);
    expect(tokenizer.encodePadded('cat a')).toEqual({
      ids: new BigInt64Array([10n, 7n, 3n, 11n, 9n, 9n]),
      truncated: false,
    });
    expect(tokenizer.encodePadded('cat a cat a cat')).toEqual({
      ids: new BigInt64Array([10n, 7n, 3n, 7n, 3n, 11n]),
      truncated: true,
    });
    expect(tokenizer.encodePadded('cat', 2)).toEqual({ ids: new BigInt64Array([10n, 11n]), truncated: true });
    expect(() => tokenizer.encodePadded('cat', 1)).toThrow('at least 2 tokens, came 1');
  });

  it("reads the reference library's unknown length as CLIP's", async () => {
    await write({
      ...oldLayout,
      'tokenizer_config.json': '{"model_max_length": 1000000000000000019884624838656}',
    });
    expect((await openTokenizer(folder)).length).toBe(77);
  });
});

describe('a damaged tokenizer folder', () => {
  it.each([
    ['vocab.json', { 'merges.txt': '' }, 'model_not_found'],
    ['merges.txt', { 'vocab.json': vocab }, 'model_not_found'],
    ['vocab.json', { ...oldLayout, 'vocab.json': '{"a": 1' }, 'model_corrupt'],
    ['vocab.json', { ...oldLayout, 'vocab.json': { ...vocab, a: 1 } }, 'model_corrupt'],
    ['vocab.json', { ...oldLayout, 'vocab.json': { a: 0 } }, 'model_corrupt'],
    ['vocab.json', { ...oldLayout, 'merges.txt': 'c t</w>' }, 'model_corrupt'],
    ['merges.txt', { ...oldLayout, 'merges.txt': '#version: 0.2\na t</w>\ncat' }, 'model_corrupt'],
    ['tokenizer.json', { 'tokenizer.json': { model: { vocab } } }, 'model_corrupt'],
    [
      'tokenizer_config.json',
      { ...oldLayout, 'tokenizer_config.json': { model_max_length: 'long' } },
      'model_corrupt',
    ],
    ['vocab.json', { ...oldLayout, 'tokenizer_config.json': { pad_token: '[PAD]' } }, 'model_corrupt'],
  ])('names %s, which is at fault (%#)', async (file, files, code) => {
    await write(files);
    await expect(openTokenizer(folder)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(join(folder, file)),
    });
  });
});
