import { clipTokenizerFile } from '@darkroom/gpu-worker/models/tokenizer-file';
import { type Bpe, endToken, hanPattern, startToken } from './bpe.ts';

/**
 * The files of a CLIP tokenizer folder, name to text. `tokenizer.json` holds everything; `vocab.json` and `merges.txt` repeat
 * the model for readers that know only the older layout, which lack the rule that Han characters stand alone.
 *
 * @param length tokens of a padded sequence, start and end included.
 */
export function tokenizerFiles(bpe: Bpe, length: number): Readonly<Record<string, string>> {
  const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
  return {
    'vocab.json': `${JSON.stringify(bpe.vocab)}\n`,
    'merges.txt': `#version: 0.2\n${bpe.merges.join('\n')}\n`,
    'special_tokens_map.json': json({
      bos_token: startToken,
      eos_token: endToken,
      pad_token: endToken,
      unk_token: endToken,
    }),
    'tokenizer_config.json': json({
      tokenizer_class: 'CLIPTokenizer',
      bos_token: startToken,
      eos_token: endToken,
      pad_token: endToken,
      unk_token: endToken,
      add_prefix_space: false,
      do_lower_case: true,
      errors: 'replace',
      model_max_length: length,
    }),
    'tokenizer.json': `${JSON.stringify(clipTokenizerFile({ ...bpe, start: startToken, end: endToken, unknown: endToken }, hanPattern))}\n`,
  };
}
