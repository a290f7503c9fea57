/** The vision transformer of BLIP (Li et al. 2022), with the tensor names of transformers' `BlipVisionModel`. */
import { linear } from '@darkroom/graph/layers/linear';
import { layerNorm } from '@darkroom/graph/layers/norm';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, gelu } from '@darkroom/graph/ops/elementwise';
import { attention } from '@darkroom/graph/ops/matmul';
import { concat, split } from '@darkroom/graph/ops/movement';
import { expand } from '@darkroom/graph/ops/reduction';
import type { Value } from '@darkroom/graph/value';
import { patchTokens } from '../patch-tokens.ts';
import type { BlipVisionConfig } from './config.ts';

/**
 * Class token, then patches row by row, after the last norm: [B, 1 + patches, hidden].
 *
 * @param pixels float32 [B, 3, image_size, image_size], normalised
 */
export function blipVision(scope: Scope, pixels: Value, config: BlipVisionConfig): Value {
  const model = scope.child('vision_model');
  const { hidden_size: width, patch_size: side, layer_norm_eps: epsilon } = config;
  const [batch] = pixels.shape as [number];
  const embeddings = model.child('embeddings');
  const patches = patchTokens(embeddings.child('patch_embedding'), pixels, { side, width, bias: true });
  const classToken = expand(embeddings.parameter('class_embedding', [1, 1, width]), [batch, 1, width]);
  const tokens = concat([classToken, patches], 1);
  const places = embeddings.parameter('position_embedding', tokens.shape.with(0, 1));
  let states = add(tokens, places);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    states = encoderLayer(model.child('encoder', 'layers', layer), states, config);
  }
  return layerNorm(model.child('post_layernorm'), states, epsilon);
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
