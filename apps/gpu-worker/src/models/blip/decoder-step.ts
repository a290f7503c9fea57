/** BLIP's text decoder one token at a time: what earlier tokens left in every layer is fed and comes out again. */
import type { Scope } from '@darkroom/graph/layers/scope';
import { equal, greater, where } from '@darkroom/graph/ops/elementwise';
import { attention } from '@darkroom/graph/ops/matmul';
import { reshape } from '@darkroom/graph/ops/movement';
import { input, scalar, type Value } from '@darkroom/graph/value';
import { bertLayers, embedTokens, type Memory, pictureMemories, placesOf, type Reading } from './bert.ts';
import type { BlipConfig, BlipTextConfig } from './config.ts';
import { decoderBody, wordLogits } from './text-decoder.ts';
import { blipVision, pictureStateCount } from './vision-tower.ts';

/** Sizes of one step. */
export interface StepShape {
  /** Texts that grow side by side, all about one picture. */
  readonly rows: number;
  /** Most tokens of a text. */
  readonly length: number;
}

/** Keys and values of every layer as outputs: `<prefix>.<layer>.keys` and `.values`. */
function named(prefix: string, memories: readonly Memory[]): Record<string, Value> {
  return Object.fromEntries(
    memories.flatMap(({ keys, values }, layer) => [
      [`${prefix}.${layer}.keys`, keys],
      [`${prefix}.${layer}.values`, values],
    ]),
  );
}

function memoryInputs(
  prefix: string,
  shape: readonly number[],
  { num_hidden_layers }: BlipTextConfig,
): Memory[] {
  return Array.from({ length: num_hidden_layers }, (_, layer) => ({
    keys: input(`${prefix}.${layer}.keys`, shape),
    values: input(`${prefix}.${layer}.values`, shape),
  }));
}

/**
 * From one picture to what the steps read of it: `picture.<layer>.keys` and `.values`, [1, 1 + patches, hidden].
 *
 * @param pixels float32 [1, 3, image_size, image_size], normalised
 */
export function blipPicture(scope: Scope, pixels: Value, config: BlipConfig): Record<string, Value> {
  const states = blipVision(scope, pixels, config.vision_config);
  return named('picture', pictureMemories(decoderBody(scope), states, config.text_config));
}

/**
 * One token for each text. Inputs: `ids` int64 [rows], the tokens; `place` int64 [1], how many were before them; the
 * picture's memories; `text.<layer>.keys` and `.values` [rows, length, hidden], of which places from `place` on may hold
 * anything. Outputs: `logits` [rows, vocab_size] and `next.<layer>.keys` and `.values`, the text's with the new token.
 */
export function blipStep(
  scope: Scope,
  { rows, length }: StepShape,
  config: BlipConfig,
): Record<string, Value> {
  const { text_config: text, vision_config: vision } = config;
  const { num_attention_heads: heads, hidden_size: width } = text;
  const ids = input('ids', [rows], 'int64');
  const place = input('place', [1], 'int64');
  const pictures = memoryInputs('picture', [1, pictureStateCount(vision), width], text);
  const before = memoryInputs('text', [rows, length, width], text);
  const after: Memory[] = [];
  const { isNew, bias } = slotsAt(place, length, scope);
  const reading: Reading = {
    text: (layer, queries, added) => {
      const { keys, values } = before[layer] as Memory;
      const memory = { keys: where(isNew, added.keys, keys), values: where(isNew, added.values, values) };
      after.push(memory);
      return attention(queries, memory.keys, memory.values, { heads, bias });
    },
    // The picture is one for all rows, so they are the queries of one batch.
    picture: (layer, queries) => {
      const { keys, values } = pictures[layer] as Memory;
      const answers = attention(reshape(queries, [1, rows, width]), keys, values, { heads });
      return reshape(answers, [rows, 1, width]);
    },
  };
  const body = decoderBody(scope);
  const embedded = reshape(embedTokens(body, ids, place, text), [rows, 1, width]);
  const states = bertLayers(body, embedded, reading, text);
  return {
    logits: reshape(wordLogits(scope, states, text), [rows, text.vocab_size]),
    ...named('next', after),
  };
}

/** Which slot of a text's memories the new token takes, bool [1, length, 1], and a bias that hides those after it. */
function slotsAt(place: Value, length: number, { dtype }: Scope): Record<'isNew' | 'bias', Value> {
  const slots = placesOf(length);
  const bias = where(greater(slots, place), scalar(-1e4, dtype), scalar(0, dtype));
  return {
    isNew: reshape(equal(slots, place), [1, length, 1]),
    bias: reshape(bias, [1, 1, 1, length]),
  };
}
