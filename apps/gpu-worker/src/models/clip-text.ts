/** The text tower of CLIP (Radford et al. 2021), with the tensor names of transformers' `CLIPTextModel`. */
import { embedding } from '@darkroom/graph/layers/embedding';
import { layerNorm } from '@darkroom/graph/layers/norm';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, cast, equal } from '@darkroom/graph/ops/elementwise';
import { causalBias } from '@darkroom/graph/ops/matmul';
import { argMax } from '@darkroom/graph/ops/reduction';
import { constant, filled, type Value } from '@darkroom/graph/value';
import { z } from 'zod';
import { clipEncoder } from './clip-encoder.ts';
import { pickRows } from './pick-rows.ts';

/** `config.json` of transformers' `CLIPTextModel`; absent values take that class's defaults. */
export const ClipTextConfig = z.object({
  vocab_size: z.int().positive().default(49408),
  hidden_size: z.int().positive().default(512),
  intermediate_size: z.int().positive().default(2048),
  num_hidden_layers: z.int().positive().default(12),
  num_attention_heads: z.int().positive().default(8),
  max_position_embeddings: z.int().positive().default(77),
  hidden_act: z.enum(['quick_gelu', 'gelu']).default('quick_gelu'),
  layer_norm_eps: z.number().positive().default(1e-5),
  /** Ends a text. Old files say 2 whatever their vocabulary; theirs, and where the vocabulary lacks this id, is the largest id of a text. */
  eos_token_id: z.int().default(49407),
});
export type ClipTextConfig = z.infer<typeof ClipTextConfig>;

/** What the text tower gives. */
export interface ClipTextOutput {
  /** After the final layer norm, [B, S, hidden]: what cross-attention reads. */
  readonly lastHiddenState: Value;
  /** The last hidden state at the end of each text, [B, hidden]. */
  readonly pooled: Value;
  /** Entry 0 is the embedding, entry i the output of layer i; none has the final norm. */
  readonly hiddenStates: readonly Value[];
}

/**
 * @param ids int64 [B, S], S at most `max_position_embeddings`, each row padded after its end-of-text token.
 */
export function clipText(scope: Scope, ids: Value, config: ClipTextConfig): ClipTextOutput {
  const model = scope.child('text_model');
  const [, length] = ids.shape as [number, number];
  const positions = constant(
    BigInt64Array.from({ length }, (_, i) => BigInt(i)),
    [length],
  );
  const width = config.hidden_size;
  const tokens = embedding(model.child('embeddings', 'token_embedding'), ids, config.vocab_size, width);
  const places = embedding(
    model.child('embeddings', 'position_embedding'),
    positions,
    config.max_position_embeddings,
    width,
  );
  const hiddenStates = clipEncoder(model, add(tokens, places), config, causalBias(length, scope.dtype));
  const lastHiddenState = finalLayerNorm(scope, hiddenStates.at(-1) as Value, config);
  return { lastHiddenState, pooled: pickRows(lastHiddenState, endOfText(ids, config)), hiddenStates };
}

/** The final norm on any hidden state: "clip skip" reads an earlier layer through it. */
export function finalLayerNorm(scope: Scope, hidden: Value, config: ClipTextConfig): Value {
  return layerNorm(scope.child('text_model', 'final_layer_norm'), hidden, config.layer_norm_eps);
}

/**
 * Where each row ends: at the first end-of-text token. Its id is the largest of the public vocabulary, which finds it
 * under configurations that do not name it; tokens added later have larger ids, so a named one is looked for itself.
 */
function endOfText(ids: Value, { eos_token_id: end, vocab_size }: ClipTextConfig): Value {
  const isNamed = end !== 2 && end < vocab_size;
  return argMax(isNamed ? cast(equal(ids, filled(end, [], 'int64')), 'int64') : ids, -1);
}
