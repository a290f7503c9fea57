// CLIP's byte-level BPE tokenizer, from either layout of the hub: tokenizer.json, or vocab.json with merges.txt.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@darkroom/shared/errors';
import { Tokenizer as FastTokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { readJson } from './checkpoint.ts';
import { corruptModel } from './safetensors-format.ts';
import { clipTokenizerFile } from './tokenizer-file.ts';

/** A padded sequence as a text encoder reads it. */
export interface PaddedTokens {
  /** [length]: start, tokens, end, then padding. */
  readonly ids: BigInt64Array;
  /** Whether tokens of the text were dropped because they did not fit. */
  readonly truncated: boolean;
}

/** An opened tokenizer. */
export interface Tokenizer {
  /** Tokens with added ones: every id is below it. */
  readonly vocabSize: number;
  /** Tokens of a padded sequence, start and end included; 77 for the public CLIP models. */
  readonly length: number;
  readonly startId: number;
  readonly endId: number;
  readonly padId: number;
  /** Ids of the text's tokens, without start and end. */
  encode(text: string): number[];
  /**
   * Start, the text's first `length - 2` tokens, end, and padding up to `length`.
   * @throws RangeError unless `length` is an integer of at least 2
   */
  encodePadded(text: string, length?: number): PaddedTokens;
}

/** CLIP's context, for folders that state none. */
const clipLength = 77;

/** Above this `model_max_length` is the reference library's "unknown" (1e30), not a length. */
const longestLength = 1 << 20;

const Special = z.union([
  z.string(),
  z.looseObject({ content: z.string() }).transform((token) => token.content),
]);
const Config = z.looseObject({
  bos_token: Special.default('<|startoftext|>'),
  eos_token: Special.default('<|endoftext|>'),
  unk_token: Special.nullish(),
  pad_token: Special.nullish(),
  model_max_length: z.number().min(3).optional(),
});
type Config = z.infer<typeof Config>;

const Vocab = z.record(z.string(), z.int().nonnegative());
const Pair = z.union([z.string().regex(/^\S+ \S+$/u), z.tuple([z.string(), z.string()])]);
const FastFile = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int().nonnegative(), content: z.string().min(1) })),
  model: z.looseObject({ type: z.literal('BPE').optional(), vocab: Vocab, merges: z.array(Pair) }),
  normalizer: z.looseObject({}).nullable(),
  pre_tokenizer: z.looseObject({}).nullable(),
  post_processor: z.looseObject({}).nullable(),
  decoder: z.looseObject({}).nullable(),
});
type FastFile = z.infer<typeof FastFile>;

/**
 * Opens a tokenizer folder. `tokenizer.json` is read where there is one, else `vocab.json` and `merges.txt` under the rules of
 * the reference library's fast CLIP tokenizer; `tokenizer_config.json` and `special_tokens_map.json` may be absent.
 *
 * @throws model_not_found naming the missing file, model_corrupt naming the file and what is wrong with it
 */
export async function openTokenizer(folder: string): Promise<Tokenizer> {
  const config = await readTokenizerConfig(folder);
  const fastFile = join(folder, 'tokenizer.json');
  const isFast = await exists(fastFile);
  const file = isFast ? fastFile : join(folder, 'vocab.json');
  const fast = isFast ? await readJson(fastFile, FastFile) : await readOldLayout(folder, config);
  checkMerges(file, fast);
  try {
    return fromFast(
      new FastTokenizer(fast, { ...config, clean_up_tokenization_spaces: false }),
      fast,
      config,
    );
  } catch (cause) {
    throw corruptModel(file, cause instanceof Error ? cause.message : String(cause));
  }
}

async function readTokenizerConfig(folder: string): Promise<Config> {
  const fields: Record<string, unknown> = {};
  for (const name of ['special_tokens_map.json', 'tokenizer_config.json']) {
    const file = join(folder, name);
    if (await exists(file)) Object.assign(fields, await readJson(file, z.looseObject({})));
  }
  const parsed = Config.safeParse(fields);
  if (!parsed.success)
    throw corruptModel(join(folder, 'tokenizer_config.json'), z.prettifyError(parsed.error));
  return parsed.data;
}

/** `vocab.json` and `merges.txt`, under the rules of the reference library's fast CLIP tokenizer. */
async function readOldLayout(folder: string, config: Config): Promise<FastFile> {
  const vocabFile = join(folder, 'vocab.json');
  const vocab = await readJson(vocabFile, Vocab);
  const merges = await readMerges(join(folder, 'merges.txt'));
  const { bos_token: start, eos_token: end } = config;
  try {
    return clipTokenizerFile({ vocab, merges, start, end, unknown: config.unk_token ?? end });
  } catch (cause) {
    throw corruptModel(vocabFile, cause instanceof Error ? cause.message : String(cause));
  }
}

async function readMerges(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    if (cause?.code !== 'ENOENT') throw cause;
    throw new AppError('model_not_found', { cause, message: `${file}: no such file`, details: { file } });
  });
  const lines = text.split(/\r?\n/u);
  const first = lines[0]?.startsWith('#version') ? 1 : 0;
  return lines.slice(first).flatMap((line, index) => {
    if (line.trim() === '') return [];
    if (/^\S+ \S+$/u.test(line)) return [line];
    throw corruptModel(
      file,
      `line ${index + first + 1}: expected two tokens with a space between, came ${JSON.stringify(line)}`,
    );
  });
}

/** Every merge must make a token that the vocabulary has, or its texts would silently become unknown tokens. */
function checkMerges(file: string, { model: { vocab, merges } }: FastFile): void {
  const ids = new Set(Object.values(vocab));
  if (ids.size !== Object.keys(vocab).length)
    throw corruptModel(file, 'two tokens of the vocabulary share one id');
  for (const merge of merges) {
    const token = typeof merge === 'string' ? merge.replace(' ', '') : merge.join('');
    if (!Object.hasOwn(vocab, token))
      throw corruptModel(file, `the merge ${JSON.stringify(merge)} makes no token of the vocabulary`);
  }
}

function fromFast(fast: FastTokenizer, { model, added_tokens }: FastFile, config: Config): Tokenizer {
  const idOf = (token: string): number => {
    const id = fast.token_to_id(token);
    if (id === undefined) throw new TypeError(`expected the token ${token} in the vocabulary, came none`);
    return id;
  };
  const [startId, endId] = [idOf(config.bos_token), idOf(config.eos_token)];
  const padId = idOf(config.pad_token ?? config.eos_token);
  const stated = config.model_max_length ?? clipLength;
  const tokenizer: Tokenizer = {
    vocabSize:
      1 +
      [...Object.values(model.vocab), ...added_tokens.map(({ id }) => id)].reduce(
        (a, b) => Math.max(a, b),
        0,
      ),
    length: stated > longestLength ? clipLength : Math.floor(stated),
    startId,
    endId,
    padId,
    // The reference lower-cases each character alone, so its sigmas never take the form of a word's end.
    encode: (text: string) => fast.encode(text.replaceAll('Σ', 'σ'), { add_special_tokens: false }).ids,
    encodePadded(text: string, length: number = tokenizer.length): PaddedTokens {
      if (!Number.isInteger(length) || length < 2) {
        throw new RangeError(`expected a length of at least 2 tokens, came ${length}`);
      }
      const tokens = tokenizer.encode(text);
      const kept = tokens.slice(0, length - 2);
      const ids = new BigInt64Array(length).fill(BigInt(padId));
      ids.set([startId, ...kept, endId].map(BigInt));
      return { ids, truncated: kept.length < tokens.length };
    },
  };
  return tokenizer;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    (entry) => entry.isFile(),
    () => false,
  );
}
