import { AppError } from '@darkroom/shared/errors';
import { z } from 'zod';

const downBlock = z.enum(['CrossAttnDownBlock2D', 'DownBlock2D']);
const upBlock = z.enum(['CrossAttnUpBlock2D', 'UpBlock2D']);
/** An option of the class that changes the numbers and is not built here: absent, or at the value that is. */
const only = <const T extends string | number | boolean | null>(value: T) =>
  z.literal(value, { error: `is not supported and must be ${value} or absent` }).optional();
const perBlock = z.union([z.int().positive(), z.array(z.int().positive())]);

/** `config.json` of a diffusers `UNet2DConditionModel`; absent values take that class's defaults. */
export const UnetConfig = z.object({
  sample_size: z.int().positive().nullable().default(null),
  in_channels: z.int().positive().default(4),
  out_channels: z.int().positive().default(4),
  flip_sin_to_cos: z.boolean().default(true),
  freq_shift: z.number().default(0),
  down_block_types: z
    .array(downBlock)
    .default(['CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D']),
  mid_block_type: z.literal('UNetMidBlock2DCrossAttn').default('UNetMidBlock2DCrossAttn'),
  up_block_types: z
    .array(upBlock)
    .default(['UpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D']),
  block_out_channels: z.array(z.int().positive()).default([320, 640, 1280, 1280]),
  layers_per_block: z.int().positive().default(2),
  norm_num_groups: z.int().positive().default(32),
  norm_eps: z.number().positive().default(1e-5),
  cross_attention_dim: z.int().positive().default(1280),
  transformer_layers_per_block: z.int().positive().default(1),
  /** Despite its name the number of heads, one for all blocks or one per block. */
  attention_head_dim: perBlock.default(8),
  num_attention_heads: perBlock.nullable().default(null),
  use_linear_projection: z.boolean().default(false),
  resnet_time_scale_shift: z.enum(['default', 'scale_shift']).default('default'),
  /** `text`: the pooled text states are added to the time embedding (as in DeepFloyd IF). */
  addition_embed_type: z.literal('text').nullable().default(null),
  addition_embed_type_num_heads: z.int().positive().default(64),
  /** LCM: width of a guidance-scale embedding. */
  time_cond_proj_dim: z.int().positive().nullable().default(null),
  /**
   * Ours, absent from public checkpoints: the network's last convolution is a correction to the conditioning latents
   * (input channels `out_channels … 2 out_channels`), or, where those are all zero, to the noisy latents scaled down
   * with rising noise. The output is then a denoised sample.
   */
  condition_residual: z.boolean().default(false),
  act_fn: only('silu'),
  center_input_sample: only(false),
  downsample_padding: only(1),
  mid_block_scale_factor: only(1),
  mid_block_only_cross_attention: z.union([only(false), only(null)]),
  only_cross_attention: only(false),
  dual_cross_attention: only(false),
  time_embedding_type: only('positional'),
  time_embedding_act_fn: only(null),
  timestep_post_act: only(null),
  resnet_skip_time_act: only(false),
  resnet_out_scale_factor: only(1),
});
export type UnetConfig = z.infer<typeof UnetConfig>;

/** Number of attention heads of a block. */
export function headsOf(config: UnetConfig, block: number): number {
  const heads = config.num_attention_heads ?? config.attention_head_dim;
  const count = typeof heads === 'number' ? heads : heads.at(block);
  if (count === undefined) {
    throw new AppError('model_unsupported', { message: `UNet: no number of heads for block ${block}` });
  }
  return count;
}

/** By how much the latents' sides must divide for the skips to fit without cutting. */
export function latentMultiple(config: UnetConfig): number {
  return 2 ** (config.block_out_channels.length - 1);
}
