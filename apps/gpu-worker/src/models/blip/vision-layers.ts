/** The transformer of BLIP's vision tower, with the tensor names of transformers' `BlipVisionModel`. */
import { linear } from '@darkroom/graph/layers/linear';
import { layerNorm } from '@darkroom/graph/layers/norm';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, gelu } from '@darkroom/graph/ops/elementwise';
import { attention } from '@darkroom/graph/ops/matmul';
import { concat, split } from '@darkroom/graph/ops/movement';
import { expand } from '@darkroom/graph/ops/reduction';
import type { Value } from '@darkroom/graph/value';
import type { BlipVisionConfig } from './config.ts';

/**
 * Class token and places added, then all layers and the last norm: [B, 1 + patches, hidden].
 *
 * @param model the vision tower's scope
 * @param patches one vector per part of the picture, [B, patches, hidden]
 */
export function visionLayers(model: Scope, patches: Value, config: BlipVisionConfig): Value {
  const [batch, , width] = patches.shape as [number, number, number];
  const embeddings = model.child('embeddings');
  const classToken = expand(embeddings.parameter('class_embedding', [1, 1, width]), [batch, 1, width]);
  const tokens = concat([classToken, patches], 1);
  const places = embeddings.parameter('position_embedding', tokens.shape.with(0, 1));
  let states = add(tokens, places);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    states = encoderLayer(model.child('encoder', 'layers', layer), states, config);
  }
  return layerNorm(model.child('post_layernorm'), states, config.layer_norm_eps);
}

function encoderLayer(scope: Scope, x: Value, config: BlipVisionConfig): Value {
  const { hidden_size: width, layer_norm_eps: epsilon, num_attention_heads: heads } = config;
  const joined = linear(
    scope.child('self_attn', 'qkv'),
    layerNorm(scope.child('layer_norm1'), x, epsilon),
    3 * width,
  );
  const [q, k, v] = split(joined, 3, -1) as [Value, Value, Value];
  const middle = add(x, linear(scope.child('self_attn', 'projection'), attention(q, k, v, { heads }), width));
  const inner = linear(
    scope.child('mlp', 'fc1'),
    layerNorm(scope.child('layer_norm2'), middle, epsilon),
    config.intermediate_size,
  );
  return add(middle, linear(scope.child('mlp', 'fc2'), gelu(inner), width));
}
