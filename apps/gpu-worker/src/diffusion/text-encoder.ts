// Prompts to the states that the UNet reads.
import { input } from '@darkroom/graph/value';
import { AppError } from '@darkroom/shared/errors';
import { readConfig } from '../models/checkpoint.ts';
import { ClipTextConfig, clipText } from '../models/clip-text.ts';
import { declareClipText } from '../models/declare-weights.ts';
import type { ModelComponent } from '../models/model-index.ts';
import type { Tokenizer } from '../models/tokenizer.ts';
import type { Component, ModelStore } from '../runtime/model-store.ts';

/** The text tower of a model. */
export interface TextEncoder {
  readonly component: Component;
  readonly config: ClipTextConfig;
}

/** States of one text, [1, length, width]. */
export interface TextStates {
  readonly data: Float32Array;
  readonly length: number;
}

/** @throws model_unsupported for a class other than CLIPTextModel */
export async function openTextEncoder({ className, folder }: ModelComponent): Promise<TextEncoder> {
  if (className !== 'CLIPTextModel') {
    const message = `${folder}: the text encoder is a ${className}, expected CLIPTextModel`;
    throw new AppError('model_unsupported', { message });
  }
  const config = await readConfig(folder, ClipTextConfig);
  return { component: { folder, declare: () => declareClipText(config) }, config };
}

/** Encodes one padded sequence of token ids to its last hidden state. */
export async function encodeIds(
  store: ModelStore,
  encoder: TextEncoder,
  ids: BigInt64Array,
): Promise<TextStates> {
  const shape = [1, ids.length];
  using lease = await store.session({
    component: encoder.component,
    key: `encode ${shape.join('x')}`,
    build: (scope) => ({
      states: clipText(scope, input('ids', shape, 'int64'), encoder.config).lastHiddenState,
    }),
  });
  const { states } = await lease.value.run<'states'>({ ids });
  return { data: states as Float32Array, length: ids.length };
}

/** Tokenizes and encodes a text; what does not fit the encoder's length is cut. */
export function encodeText(
  store: ModelStore,
  { encoder, tokenizer }: { readonly encoder: TextEncoder; readonly tokenizer: Tokenizer },
  text: string,
): Promise<TextStates> {
  const length = Math.min(tokenizer.length, encoder.config.max_position_embeddings);
  return encodeIds(store, encoder, tokenizer.encodePadded(text, length).ids);
}
