/** The two-way transformer of Segment Anything (Kirillov et al. 2023, figure 14): tokens and image read each other. */
import { linear } from '@darkroom/graph/layers/linear';
import { layerNorm } from '@darkroom/graph/layers/norm';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, relu } from '@darkroom/graph/ops/elementwise';
import { attention } from '@darkroom/graph/ops/matmul';
import { expand } from '@darkroom/graph/ops/reduction';
import { axisSize } from '@darkroom/graph/shape';
import type { Value } from '@darkroom/graph/value';
import type { SamDecoderConfig } from './sam-config.ts';

/** Output and prompt tokens beside an image. */
export interface TokensAndImage {
  /** [P, T, C] */
  readonly tokens: Value;
  /** [P or 1, S, C]: one image may serve all prompts. */
  readonly image: Value;
}

/** What the layers are told all along. */
export interface TwoWayInputs extends TokensAndImage {
  /** Embedded places of the image's tokens, [1, S, C]. */
  readonly positions: Value;
  /** Added to the scores of tokens as keys, [P, 1, 1, T]; low where a token is absent. */
  readonly bias?: Value | undefined;
}

/** Epsilon of the last norm, whatever the configuration says of the others. */
const finalEpsilon = 1e-5;

/** Runs all layers, and the tokens' last look at the image. */
export function twoWayTransformer(
  scope: Scope,
  inputs: TwoWayInputs,
  config: SamDecoderConfig,
): TokensAndImage {
  let { tokens, image } = inputs;
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const block = { scope: scope.child('layers', layer), config, isFirst: layer === 0 };
    ({ tokens, image } = twoWayLayer(block, inputs, { tokens, image }));
  }
  const read = attend(scope.child('final_attn_token_to_image'), config, {
    query: add(tokens, inputs.tokens),
    key: add(image, inputs.positions),
    value: image,
    narrowing: config.attention_downsample_rate,
  });
  return { tokens: layerNorm(scope.child('layer_norm_final_attn'), add(tokens, read), finalEpsilon), image };
}

interface Block {
  readonly scope: Scope;
  readonly config: SamDecoderConfig;
  /** The first layer's self-attention sees no positions and replaces the tokens. */
  readonly isFirst: boolean;
}

function twoWayLayer(
  { scope, config, isFirst }: Block,
  { tokens: places, positions, bias }: TwoWayInputs,
  { tokens, image }: TokensAndImage,
): TokensAndImage {
  const norm = (index: number, x: Value): Value =>
    layerNorm(scope.child(`layer_norm${index}`), x, config.layer_norm_eps);
  const narrowing = config.attention_downsample_rate;
  const self = isFirst ? tokens : add(tokens, places);
  const mixed = attend(scope.child('self_attn'), config, { query: self, key: self, value: tokens, bias });
  let queries = norm(1, isFirst ? mixed : add(tokens, mixed));
  const keys = add(image, positions);
  const read = attend(scope.child('cross_attn_token_to_image'), config, {
    query: add(queries, places),
    key: keys,
    value: image,
    narrowing,
  });
  queries = norm(2, add(queries, read));
  const inner = relu(linear(scope.child('mlp', 'lin1'), queries, config.mlp_dim));
  queries = norm(3, add(queries, linear(scope.child('mlp', 'lin2'), inner, config.hidden_size)));
  const written = attend(scope.child('cross_attn_image_to_token'), config, {
    query: keys,
    key: add(queries, places),
    value: queries,
    bias,
    narrowing,
  });
  return { tokens: queries, image: norm(4, add(image, written)) };
}

interface Reading {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly bias?: Value | undefined;
  /** By how much the attention is narrower than the tokens. Default 1. */
  readonly narrowing?: number;
}

/** Attention with its four projections; what has batch 1 is projected once and then shown to all. */
function attend(
  scope: Scope,
  config: SamDecoderConfig,
  { query, key, value, bias, narrowing = 1 }: Reading,
): Value {
  const inner = config.hidden_size / narrowing;
  const batch = Math.max(axisSize(query.shape, 0), axisSize(key.shape, 0));
  const project = (name: string, x: Value): Value => {
    const projected = linear(scope.child(name), x, inner);
    return expand(projected, projected.shape.with(0, batch));
  };
  const [q, k, v] = [project('q_proj', query), project('k_proj', key), project('v_proj', value)];
  const heads = config.num_attention_heads;
  return linear(
    scope.child('out_proj'),
    attention(q, k, v, { heads, ...(bias && { bias }) }),
    config.hidden_size,
  );
}
