// AutoencoderKL (diffusers): the convolutional VAE of Stable Diffusion; parameter names are the checkpoint's.
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { linear } from '@darkroom/graph/layers/linear';
import { groupNorm } from '@darkroom/graph/layers/norm';
import { resizeNearest } from '@darkroom/graph/layers/resize';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, clamp, silu } from '@darkroom/graph/ops/elementwise';
import { attention } from '@darkroom/graph/ops/matmul';
import { narrow, reshape, transpose } from '@darkroom/graph/ops/movement';
import { axisSize } from '@darkroom/graph/shape';
import type { Value } from '@darkroom/graph/value';
import { z } from 'zod';

const count = z.int().min(1);

/** The fields of `vae/config.json` that shape the network, with the class's defaults. */
export const AutoencoderKlConfig = z.object({
  _class_name: z.literal('AutoencoderKL').default('AutoencoderKL'),
  in_channels: count.default(3),
  out_channels: count.default(3),
  down_block_types: z.array(z.literal('DownEncoderBlock2D')).min(1).default(['DownEncoderBlock2D']),
  up_block_types: z.array(z.literal('UpDecoderBlock2D')).min(1).default(['UpDecoderBlock2D']),
  block_out_channels: z.array(count).min(1).default([64]),
  layers_per_block: count.default(1),
  act_fn: z.literal('silu').default('silu'),
  latent_channels: count.default(4),
  norm_num_groups: count.default(32),
  sample_size: count.default(32),
  scaling_factor: z.number().positive().default(0.18215),
  /** Latents are not shifted here. */
  shift_factor: z.null({ error: 'is not supported and must be null or absent' }).optional(),
  use_quant_conv: z.boolean().default(true),
  use_post_quant_conv: z.boolean().default(true),
  mid_block_add_attention: z.boolean().default(true),
});
export type AutoencoderKlConfig = z.infer<typeof AutoencoderKlConfig>;

/** Mean and log-variance of the latent Gaussian, both [B, latent_channels, H/f, W/f]. */
export interface LatentGaussian {
  readonly mean: Value;
  readonly logvar: Value;
}

const epsilon = 1e-6;

/**
 * Pixels per latent pixel on each side: 2 for every level but the last.
 * @example spatialFactor(config) // 8 for Stable Diffusion's four levels
 */
export function spatialFactor({
  block_out_channels,
}: Pick<AutoencoderKlConfig, 'block_out_channels'>): number {
  return 2 ** (block_out_channels.length - 1);
}

/**
 * Encodes an image [B, in_channels, H, W] in [-1, 1] into the Gaussian of its latent, not scaled by `scaling_factor`.
 * The log-variance is limited to [-30, 20]. H and W must be multiples of the spatial factor.
 */
export function encode(scope: Scope, image: Value, config: AutoencoderKlConfig): LatentGaussian {
  const channels = config.latent_channels;
  const hidden = encoder(scope.child('encoder'), image, config);
  const moments = config.use_quant_conv
    ? conv2d(scope.child('quant_conv'), hidden, 2 * channels, { kernel: 1 })
    : hidden;
  return {
    mean: narrow(moments, 1, 0, channels),
    logvar: clamp(narrow(moments, 1, channels, 2 * channels), -30, 20),
  };
}

/** Decodes a latent [B, latent_channels, h, w], already divided by `scaling_factor`, to an image nominally in [-1, 1]. */
export function decode(scope: Scope, latent: Value, config: AutoencoderKlConfig): Value {
  const input = config.use_post_quant_conv
    ? conv2d(scope.child('post_quant_conv'), latent, config.latent_channels, { kernel: 1 })
    : latent;
  return decoder(scope.child('decoder'), input, config);
}

function encoder(scope: Scope, image: Value, config: AutoencoderKlConfig): Value {
  const widths = config.block_out_channels;
  let x = conv2d(scope.child('conv_in'), image, widths[0] as number);
  widths.forEach((width, level) => {
    const block = scope.child('down_blocks', level);
    for (let layer = 0; layer < config.layers_per_block; layer++) {
      x = resnet(block.child('resnets', layer), x, width, config);
    }
    if (level === widths.length - 1) return;
    // Rows and columns of zeros after the image only, unlike the UNet's symmetric padding.
    x = conv2d(block.child('downsamplers.0.conv'), x, width, { stride: 2, padding: [0, 0, 1, 1] });
  });
  return head(scope, middle(scope.child('mid_block'), x, config), 2 * config.latent_channels, config);
}

function decoder(scope: Scope, latent: Value, config: AutoencoderKlConfig): Value {
  const widths = config.block_out_channels.toReversed();
  let x = conv2d(scope.child('conv_in'), latent, widths[0] as number);
  x = middle(scope.child('mid_block'), x, config);
  widths.forEach((width, level) => {
    const block = scope.child('up_blocks', level);
    for (let layer = 0; layer <= config.layers_per_block; layer++) {
      x = resnet(block.child('resnets', layer), x, width, config);
    }
    if (level < widths.length - 1) x = conv2d(block.child('upsamplers.0.conv'), resizeNearest(x, 2), width);
  });
  return head(scope, x, config.out_channels, config);
}

function head(scope: Scope, x: Value, outChannels: number, config: AutoencoderKlConfig): Value {
  const normalized = groupNorm(scope.child('conv_norm_out'), x, config.norm_num_groups, epsilon);
  return conv2d(scope.child('conv_out'), silu(normalized), outChannels);
}

function middle(scope: Scope, x: Value, config: AutoencoderKlConfig): Value {
  const width = axisSize(x.shape, 1);
  let hidden = resnet(scope.child('resnets', 0), x, width, config);
  if (config.mid_block_add_attention) hidden = selfAttention(scope.child('attentions', 0), hidden, config);
  return resnet(scope.child('resnets', 1), hidden, width, config);
}

function resnet(
  scope: Scope,
  x: Value,
  width: number,
  { norm_num_groups: groups }: AutoencoderKlConfig,
): Value {
  let hidden = silu(groupNorm(scope.child('norm1'), x, groups, epsilon));
  hidden = conv2d(scope.child('conv1'), hidden, width);
  hidden = silu(groupNorm(scope.child('norm2'), hidden, groups, epsilon));
  hidden = conv2d(scope.child('conv2'), hidden, width);
  const isWidened = axisSize(x.shape, 1) !== width;
  return add(isWidened ? conv2d(scope.child('conv_shortcut'), x, width, { kernel: 1 }) : x, hidden);
}

/** Single-head attention over all positions, with its own norm and residual. */
function selfAttention(scope: Scope, x: Value, { norm_num_groups: groups }: AutoencoderKlConfig): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const normalized = groupNorm(scope.child('group_norm'), x, groups, epsilon);
  const tokens = transpose(reshape(normalized, [batch, channels, height * width]), [0, 2, 1]);
  const [query, key, value] = ['to_q', 'to_k', 'to_v'].map((name) =>
    linear(scope.child(name), tokens, channels),
  );
  const mixed = attention(query as Value, key as Value, value as Value, { heads: 1 });
  const projected = linear(scope.child('to_out.0'), mixed, channels);
  return add(x, reshape(transpose(projected, [0, 2, 1]), x.shape));
}
