// BERT's word-piece tokenizer (Devlin et al. 2019), from either layout of the hub: tokenizer.json, or vocab.txt.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@darkroom/shared/errors';
import { Tokenizer as FastTokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { readJson } from '../checkpoint.ts';
import { corruptModel } from '../safetensors-format.ts';

/** An opened word-piece tokenizer. */
export interface WordPieces {
  /** Ids of the text's pieces, without marks around them. */
  encode(text: string): number[];
  /**
   * The same between the marks of a text's start and end, at most `length` ids in all: what does not fit is left out.
   * @throws TypeError where the vocabulary lacks one of the marks
   */
  encodeMarked(text: string, length: number): number[];
  /** The text of ids; marks, and ids that the vocabulary lacks, say nothing. */
  decode(ids: readonly number[]): string;
}

const marks = { padding: '[PAD]', unknown: '[UNK]', start: '[CLS]', end: '[SEP]', mask: '[MASK]' } as const;

const Vocab = z.record(z.string(), z.int().nonnegative());
const FastFile = z.looseObject({
  added_tokens: z.array(
    z.looseObject({ id: z.int().nonnegative(), content: z.string().min(1), special: z.boolean() }),
  ),
  model: z.looseObject({ type: z.literal('WordPiece').optional(), vocab: Vocab, unk_token: z.string() }),
  normalizer: z.looseObject({}).nullable(),
  pre_tokenizer: z.looseObject({}).nullable(),
  post_processor: z.looseObject({}).nullable(),
  decoder: z.looseObject({}).nullable(),
});
type FastFile = z.infer<typeof FastFile>;
const Config = z.looseObject({ do_lower_case: z.boolean().default(true) });

/**
 * Opens a tokenizer folder: `tokenizer.json` where there is one, else `vocab.txt` under the rules of the reference library's
 * fast BERT tokenizer; `tokenizer_config.json` may be absent.
 *
 * @throws model_not_found naming the missing file, model_corrupt naming the file and what is wrong with it
 */
export async function openWordPieces(folder: string): Promise<WordPieces> {
  const fastFile = join(folder, 'tokenizer.json');
  const isFast = await exists(fastFile);
  const fast = isFast ? await readJson(fastFile, FastFile) : await readOldLayout(folder);
  try {
    return fromFast(new FastTokenizer(fast, { clean_up_tokenization_spaces: true }), fast);
  } catch (cause) {
    const file = isFast ? fastFile : join(folder, 'vocab.txt');
    throw corruptModel(file, cause instanceof Error ? cause.message : String(cause));
  }
}

function fromFast(fast: FastTokenizer, { added_tokens }: FastFile): WordPieces {
  const silent = new Set(added_tokens.filter(({ special }) => special).map(({ id }) => id));
  const encode = (text: string): number[] => fast.encode(text, { add_special_tokens: false }).ids;
  const idOf = (mark: string): number => {
    const id = fast.token_to_id(mark);
    if (id === undefined) throw new TypeError(`expected the token ${mark} in the vocabulary, came none`);
    return id;
  };
  return {
    encode,
    encodeMarked: (text, length) => [
      idOf(marks.start),
      ...encode(text).slice(0, length - 2),
      idOf(marks.end),
    ],
    decode(ids) {
      const said = ids.filter((id) => !silent.has(id) && fast.id_to_token(id) !== undefined);
      return said.length === 0 ? '' : fast.decode(said).trim();
    },
  };
}

async function readOldLayout(folder: string): Promise<FastFile> {
  const file = join(folder, 'vocab.txt');
  const text = await readFile(file, 'utf8').catch((cause) => {
    if (cause?.code !== 'ENOENT') throw cause;
    throw new AppError('model_not_found', { cause, message: `${file}: no such file`, details: { file } });
  });
  const tokens = text.replace(/\r?\n$/u, '').split(/\r?\n/u);
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  if (Object.keys(vocab).length !== tokens.length) throw corruptModel(file, 'a token stands there twice');
  const configFile = join(folder, 'tokenizer_config.json');
  const { do_lower_case: lowercase } = (await exists(configFile))
    ? await readJson(configFile, Config)
    : Config.parse({});
  const added = Object.values(marks).map((content) => {
    const id = vocab[content];
    if (id === undefined) throw corruptModel(file, `expected the token ${content}, came none`);
    return {
      id,
      content,
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    };
  });
  return bertFile(vocab, added, lowercase);
}

/** What stands in a BERT tokenizer's `tokenizer.json`. */
function bertFile(
  vocab: Readonly<Record<string, number>>,
  added_tokens: FastFile['added_tokens'],
  lowercase: boolean,
): FastFile {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens,
    // Accents are stripped where letters are made small.
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: marks.unknown,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: { ...vocab },
    },
  };
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    (entry) => entry.isFile(),
    () => false,
  );
}
