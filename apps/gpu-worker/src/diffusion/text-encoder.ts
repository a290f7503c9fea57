// Prompts to the states that the UNet reads.
import { input } from '@darkroom/graph/value';
import { AppError } from '@darkroom/shared/errors';
import { readConfig } from '../models/checkpoint.ts';
import { ClipTextConfig, clipText } from '../models/clip-text.ts';
import { declareClipText } from '../models/declare-weights.ts';
import type { ModelComponent } from '../models/model-index.ts';
import type { PaddedTokens, Tokenizer } from '../models/tokenizer.ts';
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

/** What turns words into states. */
export interface TextTower {
  readonly encoder: TextEncoder;
  readonly tokenizer: Tokenizer;
}

function pad({ encoder, tokenizer }: TextTower, text: string): PaddedTokens {
  return tokenizer.encodePadded(text, Math.min(tokenizer.length, encoder.config.max_position_embeddings));
}

/** Whether the encoder reads a text to its end. */
export function isReadWhole(tower: TextTower, text: string): boolean {
  return !pad(tower, text).truncated;
}

/** Tokenizes and encodes a text; what does not fit the encoder's length is cut. */
export function encodeText(store: ModelStore, tower: TextTower, text: string): Promise<TextStates> {
  return encodeIds(store, tower.encoder, pad(tower, text).ids);
}
