/** CLIP (Radford et al. 2021): pictures and texts as vectors of one space, tensor names of transformers' `CLIPModel`. */
import { linear } from '@darkroom/graph/layers/linear';
import { Scope } from '@darkroom/graph/layers/scope';
import { exp, mul } from '@darkroom/graph/ops/elementwise';
import { gemm } from '@darkroom/graph/ops/matmul';
import { input, type Value } from '@darkroom/graph/value';
import { z } from 'zod';
import { ClipTextConfig, clipText } from './clip-text.ts';
import { ClipVisionConfig, clipVision } from './clip-vision.ts';
import type { DeclaredWeights } from './declare-weights.ts';
import { unitVectors } from './unit-vectors.ts';

/** `config.json` of transformers' `CLIPModel`; absent values take that class's defaults. */
export const ClipConfig = z.object({
  text_config: ClipTextConfig.prefault({}),
  vision_config: ClipVisionConfig.prefault({}),
  /** Length of the common vectors. */
  projection_dim: z.int().positive().default(512),
});
export type ClipConfig = z.infer<typeof ClipConfig>;

/**
 * Pictures as vectors [B, projection_dim], of any length: see {@link unitVectors}.
 *
 * @param pixels float32 [B, 3, image_size, image_size], normalised
 */
export function clipImageFeatures(scope: Scope, pixels: Value, config: ClipConfig): Value {
  const { pooled } = clipVision(scope, pixels, config.vision_config);
  return linear(scope.child('visual_projection'), pooled, config.projection_dim, { bias: false });
}

/**
 * Texts as vectors [B, projection_dim], of any length.
 *
 * @param ids int64 [B, S], each row padded after its end-of-text token
 */
export function clipTextFeatures(scope: Scope, ids: Value, config: ClipConfig): Value {
  const { pooled } = clipText(scope, ids, config.text_config);
  return linear(scope.child('text_projection'), pooled, config.projection_dim, { bias: false });
}

/**
 * Cosine of every picture [I, D] with every text [T, D] times the learnt scale: [I, T]. A softmax over the texts is the
 * zero-shot classification of a picture.
 */
export function clipLogits(scope: Scope, images: Value, texts: Value): Value {
  const cosines = gemm(unitVectors(images), unitVectors(texts), { transB: true });
  return mul(cosines, exp(scope.parameter('logit_scale', [])));
}

/** What the checkpoint of a CLIP holds. */
export function declareClip(config: ClipConfig): DeclaredWeights {
  const scope = Scope.root();
  const { image_size: side, num_channels: channels } = config.vision_config;
  const images = clipImageFeatures(scope, input('pixels', [1, channels, side, side]), config);
  clipLogits(scope, images, clipTextFeatures(scope, input('ids', [1, 1], 'int64'), config));
  return scope.parameters;
}
