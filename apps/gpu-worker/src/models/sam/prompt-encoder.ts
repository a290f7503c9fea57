/** The prompt encoder of Segment Anything (Kirillov et al. 2023, appendix A): places and kinds of clicks, and masks. */
import { conv2d } from '@darkroom/graph/layers/conv2d';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, cos, gelu, less, scale, shift, sin, where } from '@darkroom/graph/ops/elementwise';
import { matmul } from '@darkroom/graph/ops/matmul';
import { concat, gather, reshape } from '@darkroom/graph/ops/movement';
import { constant, filled, type Value } from '@darkroom/graph/value';
import { layerNorm2d } from './layer-norm-2d.ts';
import type { AnySamConfig } from './sam-config.ts';

/** What a point of a prompt stands for; the first four have a trained embedding beside their place. */
export const pointKinds = {
  background: 0,
  foreground: 1,
  topLeft: 2,
  bottomRight: 3,
  /** No place: the token that goes with points when there is no box. */
  none: 4,
  /** No place and no embedding: transformers fills up batches of unequal prompts with it. */
  empty: 5,
  /** A free slot, which no token attends to. */
  absent: 6,
} as const;
/** Name of a kind. */
export type PointKind = keyof typeof pointKinds;

const trainedKinds = 4;

/**
 * Sines and cosines of random projections of places (Tancik et al. 2020).
 * @param places (x, y) in [0, 1], [..., 2]
 * @returns [..., hidden]
 */
function embedPlaces(scope: Scope, places: Value, { vision_config: { num_pos_feats } }: AnySamConfig): Value {
  const frequencies = scope
    .child('shared_image_embedding')
    .parameter('positional_embedding', [2, num_pos_feats]);
  const angles = scale(matmul(shift(scale(places, 2), -1), frequencies), 2 * Math.PI);
  return concat([sin(angles), cos(angles)], -1);
}

/** Embedded centres of the patches of a grid, row by row, [1, height · width, hidden]. */
export function imagePositions(
  scope: Scope,
  [height, width]: readonly [number, number],
  config: AnySamConfig,
): Value {
  const centres = Float32Array.from({ length: 2 * height * width }, (_, at) => {
    const patch = Math.floor(at / 2);
    return at % 2 === 0 ? ((patch % width) + 0.5) / width : (Math.floor(patch / width) + 0.5) / height;
  });
  return embedPlaces(scope, constant(centres, [1, height * width, 2], scope.dtype), config);
}

/**
 * Sparse prompts. A box is two points, its corners.
 * @param points (x, y) in pixels of the padded picture, [P, N, 2]
 * @param kinds int64 [P, N], see {@link pointKinds}
 * @returns [P, N, hidden]
 */
export function embedPoints(scope: Scope, points: Value, kinds: Value, config: AnySamConfig): Value {
  const { hidden_size: width, image_size: side } = config.prompt_encoder_config;
  const encoder = scope.child('prompt_encoder');
  const trained = Array.from({ length: trainedKinds }, (_, kind) =>
    encoder.child('point_embed', kind).parameter('weight', [1, width]),
  );
  const table = concat(
    [
      ...trained,
      encoder.child('not_a_point_embed').parameter('weight', [1, width]),
      filled(0, [2, width], scope.dtype),
    ],
    0,
  );
  // A pixel's centre is half a pixel from its corner.
  const places = embedPlaces(scope, scale(shift(points, 0.5), 1 / side), config);
  const isPlaced = reshape(less(kinds, filled(trainedKinds, [], 'int64')), [...kinds.shape, 1]);
  return add(where(isPlaced, places, filled(0, [], scope.dtype)), gather(table, kinds));
}

/** Dense prompt: mask logits [B, 1, 4 h, 4 w] -> [B, hidden, h, w]. */
export function embedMask(scope: Scope, mask: Value, config: AnySamConfig): Value {
  const { hidden_size, mask_input_channels: inner, layer_norm_eps } = config.prompt_encoder_config;
  const layers = scope.child('prompt_encoder', 'mask_embed');
  const halving = { kernel: 2, stride: 2, padding: 0 };
  const halved = conv2d(layers.child('conv1'), mask, Math.floor(inner / 4), halving);
  const first = gelu(layerNorm2d(layers.child('layer_norm1'), halved, layer_norm_eps));
  const quartered = conv2d(layers.child('conv2'), first, inner, halving);
  const second = gelu(layerNorm2d(layers.child('layer_norm2'), quartered, layer_norm_eps));
  return conv2d(layers.child('conv3'), second, hidden_size, { kernel: 1 });
}

/** Dense prompt where there is no mask, [1, hidden, 1, 1]. */
export function noMask(scope: Scope, { prompt_encoder_config: { hidden_size } }: AnySamConfig): Value {
  const embedding = scope.child('prompt_encoder', 'no_mask_embed').parameter('weight', [1, hidden_size]);
  return reshape(embedding, [1, hidden_size, 1, 1]);
}
