/** The transformer inside CLIP's two towers (Radford et al. 2021), with transformers' tensor names. */
import { linear } from '@darkroom/graph/layers/linear';
import { layerNorm } from '@darkroom/graph/layers/norm';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, gelu, quickGelu } from '@darkroom/graph/ops/elementwise';
import { attention } from '@darkroom/graph/ops/matmul';
import type { Value } from '@darkroom/graph/value';

/** What a tower's configuration says about its layers. */
export interface ClipEncoderConfig {
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly hidden_act: 'quick_gelu' | 'gelu';
  readonly layer_norm_eps: number;
}

/**
 * Entry 0 is `x` [B, S, hidden] itself, entry i the output of layer i.
 *
 * @param scope the tower, whose layers are called `encoder.layers.0` and so on.
 * @param bias added to the attention scores, [1, 1, S, S]; absent: every position sees every other.
 */
export function clipEncoder(scope: Scope, x: Value, config: ClipEncoderConfig, bias?: Value): Value[] {
  const hiddenStates = [x];
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const child = scope.child('encoder', 'layers', layer);
    hiddenStates.push(encoderLayer(child, hiddenStates[layer] as Value, config, bias));
  }
  return hiddenStates;
}

function encoderLayer(scope: Scope, x: Value, config: ClipEncoderConfig, bias: Value | undefined): Value {
  const normed = layerNorm(scope.child('layer_norm1'), x, config.layer_norm_eps);
  const project = (name: string, from: Value): Value =>
    linear(scope.child('self_attn', name), from, config.hidden_size);
  const [q, k, v] = [project('q_proj', normed), project('k_proj', normed), project('v_proj', normed)];
  const heads = config.num_attention_heads;
  const attended = project('out_proj', attention(q, k, v, { heads, ...(bias && { bias }) }));
  const middle = add(x, attended);
  const inner = linear(
    scope.child('mlp', 'fc1'),
    layerNorm(scope.child('layer_norm2'), middle, config.layer_norm_eps),
    config.intermediate_size,
  );
  const activated = config.hidden_act === 'gelu' ? gelu(inner) : quickGelu(inner);
  return add(middle, linear(scope.child('mlp', 'fc2'), activated, config.hidden_size));
}
