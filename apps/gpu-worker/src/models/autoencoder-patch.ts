/**
 * A small autoencoder of our own: a linear projection of 8 × 8 patches (their principal components, so nothing has to
 * be learnt for the encoder) and a decoder that adds a convolutional correction to the transposed projection.
 */
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { pixelShuffle } from '@darkroom/graph/layers/resize';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, silu } from '@darkroom/graph/ops/elementwise';
import type { Value } from '@darkroom/graph/value';
import { z } from 'zod';

/** `config.json` of this class. */
export const AutoencoderPatchConfig = z.object({
  latent_channels: z.int().positive().default(16),
  /** Side of a patch in pixels: by how much the latents are smaller than the image. */
  patch_size: z.int().positive().default(8),
  /** Width and number of residual blocks of the decoder's correction. */
  decoder_channels: z.int().positive().default(64),
  decoder_layers: z.int().min(0).default(4),
  /** What latents are multiplied by before diffusion; the encoder already gives them unit variance. */
  scaling_factor: z.number().positive().default(1),
});
export type AutoencoderPatchConfig = z.infer<typeof AutoencoderPatchConfig>;

/** [B, 3, H, W] in [-1, 1] -> [B, latent, H/patch, W/patch]; deterministic. */
export function encodePatches(scope: Scope, image: Value, config: AutoencoderPatchConfig): Value {
  const { latent_channels: channels, patch_size: patch } = config;
  return conv2d(scope.child('encoder', 'patch'), image, channels, {
    kernel: patch,
    stride: patch,
    padding: 0,
  });
}

/** [B, latent, H, W] -> [B, 3, H patch, W patch], about [-1, 1]. */
export function decodePatches(scope: Scope, latent: Value, config: AutoencoderPatchConfig): Value {
  const { decoder_channels: width, decoder_layers: layers, patch_size: patch } = config;
  const decoder = scope.child('decoder');
  const outputs = 3 * patch * patch;
  const projected = conv2d(decoder.child('patch'), latent, outputs, { kernel: 1 });
  let h = conv2d(decoder.child('conv_in'), latent, width);
  for (let layer = 0; layer < layers; layer++) {
    const block = decoder.child('blocks', layer);
    const inner = conv2d(block.child('conv1'), silu(h), width);
    h = add(h, conv2d(block.child('conv2'), silu(inner), width));
  }
  return pixelShuffle(add(projected, conv2d(decoder.child('conv_out'), silu(h), outputs)), patch);
}
