/** The text tower of CLIP (Radford et al. 2021), with the tensor names of transformers' `CLIPTextModel`. */
import { embedding } from '@darkroom/graph/layers/embedding';
import { linear } from '@darkroom/graph/layers/linear';
import { layerNorm } from '@darkroom/graph/layers/norm';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, gelu, quickGelu } from '@darkroom/graph/ops/elementwise';
import { attention, causalBias } from '@darkroom/graph/ops/matmul';
import { argMax } from '@darkroom/graph/ops/reduction';
import { constant, type Value } from '@darkroom/graph/value';
import { z } from 'zod';
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
  /** Not used: the end of a text is its largest id, since old files say 2 here whatever their vocabulary. */
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
  const hiddenStates = [add(tokens, places)];
  const bias = causalBias(length, scope.dtype);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    hiddenStates.push(
      encoderLayer(model.child('encoder', 'layers', layer), hiddenStates[layer] as Value, bias, config),
    );
  }
  const lastHiddenState = finalLayerNorm(scope, hiddenStates.at(-1) as Value, config);
  return { lastHiddenState, pooled: pickRows(lastHiddenState, endOfText(ids)), hiddenStates };
}

/** The final norm on any hidden state: "clip skip" reads an earlier layer through it. */
export function finalLayerNorm(scope: Scope, hidden: Value, config: ClipTextConfig): Value {
  return layerNorm(scope.child('text_model', 'final_layer_norm'), hidden, config.layer_norm_eps);
}

/** Index of the first largest id of each row: the end-of-text token has the largest id of the vocabulary. */
function endOfText(ids: Value): Value {
  return argMax(ids, -1);
}

function encoderLayer(scope: Scope, x: Value, bias: Value, config: ClipTextConfig): Value {
  const normed = layerNorm(scope.child('layer_norm1'), x, config.layer_norm_eps);
  const project = (name: string, from: Value): Value =>
    linear(scope.child('self_attn', name), from, config.hidden_size);
  const [q, k, v] = [project('q_proj', normed), project('k_proj', normed), project('v_proj', normed)];
  const attended = project('out_proj', attention(q, k, v, { heads: config.num_attention_heads, bias }));
  const middle = add(x, attended);
  const inner = linear(
    scope.child('mlp', 'fc1'),
    layerNorm(scope.child('layer_norm2'), middle, config.layer_norm_eps),
    config.intermediate_size,
  );
  const activated = config.hidden_act === 'gelu' ? gelu(inner) : quickGelu(inner);
  return add(middle, linear(scope.child('mlp', 'fc2'), activated, config.hidden_size));
}
