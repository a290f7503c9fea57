/** The vision tower of CLIP (Radford et al. 2021), with the tensor names of transformers' `CLIPVisionModel`. */
import { layerNorm } from '@darkroom/graph/layers/norm';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add } from '@darkroom/graph/ops/elementwise';
import { concat, narrow, reshape } from '@darkroom/graph/ops/movement';
import { expand } from '@darkroom/graph/ops/reduction';
import type { Value } from '@darkroom/graph/value';
import { z } from 'zod';
import { clipEncoder } from './clip-encoder.ts';
import { patchTokens } from './patch-tokens.ts';

/** `config.json` of transformers' `CLIPVisionModel`; absent values take that class's defaults. */
export const ClipVisionConfig = z.object({
  hidden_size: z.int().positive().default(768),
  intermediate_size: z.int().positive().default(3072),
  num_hidden_layers: z.int().positive().default(12),
  num_attention_heads: z.int().positive().default(12),
  num_channels: z.int().positive().default(3),
  /** Pixels of a side of the square picture. */
  image_size: z.int().positive().default(224),
  /** Pixels of a side of a patch. */
  patch_size: z.int().positive().default(32),
  hidden_act: z.enum(['quick_gelu', 'gelu']).default('quick_gelu'),
  layer_norm_eps: z.number().positive().default(1e-5),
});
export type ClipVisionConfig = z.infer<typeof ClipVisionConfig>;

/** What the vision tower gives. */
export interface ClipVisionOutput {
  /** Class token, then patches row by row, without the last norm: [B, 1 + patches, hidden]. */
  readonly lastHiddenState: Value;
  /** The class token after the last norm, [B, hidden]. */
  readonly pooled: Value;
}

/** @param pixels float32 [B, 3, image_size, image_size], normalised */
export function clipVision(scope: Scope, pixels: Value, config: ClipVisionConfig): ClipVisionOutput {
  const model = scope.child('vision_model');
  // The public checkpoints spell it so.
  const lastHiddenState = clipPatchStates(model, pixels, config, 'pre_layrnorm');
  const [batch] = pixels.shape as [number];
  const classToken = reshape(narrow(lastHiddenState, 1, 0, 1), [batch, config.hidden_size]);
  const pooled = layerNorm(model.child('post_layernorm'), classToken, config.layer_norm_eps);
  return { lastHiddenState, pooled };
}

/** Patches, class token and positions through the layers: [B, 1 + patches, hidden], without the last norm. */
export function clipPatchStates(
  model: Scope,
  pixels: Value,
  config: ClipVisionConfig,
  firstNorm: string,
): Value {
  const { hidden_size: width, patch_size: side, layer_norm_eps: epsilon } = config;
  const [batch] = pixels.shape as [number];
  const embeddings = model.child('embeddings');
  const patches = patchTokens(embeddings.child('patch_embedding'), pixels, { side, width });
  const classToken = expand(embeddings.parameter('class_embedding', [width]), [batch, 1, width]);
  const tokens = concat([classToken, patches], 1);
  const places = embeddings.child('position_embedding').parameter('weight', tokens.shape.slice(1));
  const normed = layerNorm(model.child(firstNorm), add(tokens, places), epsilon);
  return clipEncoder(model, normed, config).at(-1) as Value;
}
