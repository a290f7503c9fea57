// What stands in a CLIP tokenizer's tokenizer.json: the rules of the reference library's fast tokenizer around a vocabulary.

/** CLIP's words: English suffixes, runs of letters, single digits, runs of other signs (openai/CLIP, simple_tokenizer). */
export const wordPattern = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

/** A vocabulary with its merges, and which of its tokens are marks. */
interface ClipVocabulary {
  /** Token to id. */
  readonly vocab: Readonly<Record<string, number>>;
  /** Pairs with a space between, the first merged first. */
  readonly merges: readonly string[];
  /** Stands before a text. */
  readonly start: string;
  /** Stands after a text. */
  readonly end: string;
  /** Stands for what the vocabulary lacks. */
  readonly unknown: string;
}

/**
 * The content of `tokenizer.json`.
 *
 * @param alone regular expression of characters that are always words of their own; CLIP has none.
 * @throws TypeError when the vocabulary lacks one of its marks
 */
export function clipTokenizerFile({ vocab, merges, start, end, unknown }: ClipVocabulary, alone?: string) {
  const [startId, endId] = [start, end].map((mark) => {
    const id = vocab[mark];
    if (id === undefined) throw new TypeError(`expected the token ${mark} in the vocabulary, came none`);
    return id;
  }) as [number, number];
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [special(startId, start), special(endId, end)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        ...(alone === undefined ? [] : [split(alone, 'Isolated', false)]),
        split(wordPattern, 'Removed', true),
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [end, endId],
      cls: [start, startId],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE' as const,
      dropout: null,
      unk_token: unknown,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      vocab: { ...vocab },
      merges: [...merges],
    },
  };
}

function special(id: number, content: string) {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

function split(pattern: string, behavior: 'Isolated' | 'Removed', invert: boolean) {
  return { type: 'Split', pattern: { Regex: pattern }, behavior, invert };
}
