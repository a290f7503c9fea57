/** How a Segment Anything model (Kirillov et al. 2023) is laid out: `config.json` of transformers' `SamModel`. */
import { z } from 'zod';
import { CenternetBackboneConfig } from '../centernet/config.ts';

const count = z.int().min(1);
const epsilon = z.number().positive().default(1e-6);

/** The image encoder; absent values are those of ViT-B. */
export const SamVisionConfig = z.object({
  hidden_size: count.default(768),
  output_channels: count.default(256),
  num_hidden_layers: count.default(12),
  num_attention_heads: count.default(12),
  num_channels: count.default(3),
  /** Side of the padded picture in pixels. */
  image_size: count.default(1024),
  patch_size: count.default(16),
  hidden_act: z.literal('gelu').default('gelu'),
  layer_norm_eps: epsilon,
  qkv_bias: z.boolean().default(true),
  /** Width of the inner layer over `hidden_size`, where `mlp_dim` is silent. */
  mlp_ratio: z.number().positive().default(4),
  mlp_dim: count.nullish(),
  use_abs_pos: z.boolean().default(true),
  use_rel_pos: z.boolean().default(true),
  /** Side of an attention window in patches; 0: every layer attends globally. */
  window_size: z.int().min(0).default(14),
  /** Layers that attend to the whole picture. */
  global_attn_indexes: z.array(z.int().min(0)).default([2, 5, 8, 11]),
  /** Frequencies of the random positional encoding; half the prompt encoder's width. */
  num_pos_feats: count.default(128),
});
export type SamVisionConfig = z.infer<typeof SamVisionConfig>;

/** A CenterNet's backbone as image encoder: small, and ours alone. */
export const SamCenternetVisionConfig = z.object({
  model_type: z.literal('centernet'),
  backbone_config: CenternetBackboneConfig.default(CenternetBackboneConfig.parse({})),
  output_channels: count.default(128),
  num_channels: z.literal(3).default(3),
  /** Side of the padded picture in pixels. */
  image_size: z.int().min(32).multipleOf(32).default(512),
  patch_size: z.literal(16).default(16),
  /** Frequencies of the random positional encoding; half the prompt encoder's width. */
  num_pos_feats: count.default(64),
  /** Residual layers between backbone and decoder. */
  neck_layers: z.int().min(0).default(2),
});
export type SamCenternetVisionConfig = z.infer<typeof SamCenternetVisionConfig>;

/** The prompt encoder. */
export const SamPromptConfig = z.object({
  hidden_size: count.default(256),
  image_size: count.default(1024),
  patch_size: count.default(16),
  mask_input_channels: count.default(16),
  /** Background point, foreground point, and the two corners of a box. */
  num_point_embeddings: z.literal(4).default(4),
  hidden_act: z.literal('gelu').default('gelu'),
  layer_norm_eps: epsilon,
});
export type SamPromptConfig = z.infer<typeof SamPromptConfig>;

/** The mask decoder. */
export const SamDecoderConfig = z.object({
  hidden_size: count.default(256),
  hidden_act: z.literal('relu').default('relu'),
  mlp_dim: count.default(2048),
  num_hidden_layers: count.default(2),
  num_attention_heads: count.default(8),
  /** By how much cross-attention is narrower than the tokens. */
  attention_downsample_rate: count.default(2),
  num_multimask_outputs: count.default(3),
  iou_head_depth: z.int().min(2).default(3),
  iou_head_hidden_dim: count.default(256),
  layer_norm_eps: epsilon,
});
export type SamDecoderConfig = z.infer<typeof SamDecoderConfig>;

interface Parts {
  readonly vision_config: Pick<
    SamVisionConfig,
    'image_size' | 'patch_size' | 'output_channels' | 'num_pos_feats'
  >;
  readonly prompt_encoder_config: SamPromptConfig;
  readonly mask_decoder_config: SamDecoderConfig;
}

/** Parts must agree about sizes that they share. */
function assertAgreement(
  { vision_config: vision, prompt_encoder_config: prompt, mask_decoder_config: decoder }: Parts,
  context: { addIssue(message: string): void },
): void {
  const pairs = [
    ['image_size', vision.image_size, prompt.image_size],
    ['patch_size', vision.patch_size, prompt.patch_size],
    ['output_channels', vision.output_channels, prompt.hidden_size],
    ['num_pos_feats', 2 * vision.num_pos_feats, prompt.hidden_size],
    ['hidden_size', decoder.hidden_size, prompt.hidden_size],
  ] as const;
  for (const [field, left, right] of pairs) {
    if (left !== right)
      context.addIssue(`the parts disagree: ${field} makes ${left} of one and ${right} of another`);
  }
  if (vision.image_size % vision.patch_size !== 0)
    context.addIssue('image_size is no multiple of patch_size');
}

const promptAndDecoder = {
  prompt_encoder_config: SamPromptConfig.default(SamPromptConfig.parse({})),
  mask_decoder_config: SamDecoderConfig.default(SamDecoderConfig.parse({})),
};

/** The whole model, as it was published. */
export const SamConfig = z
  .object({
    vision_config: SamVisionConfig.default(SamVisionConfig.parse({})),
    ...promptAndDecoder,
  })
  .superRefine(assertAgreement);
export type SamConfig = z.infer<typeof SamConfig>;

/** The network that looks again at a window around a thing. */
export const SamRefinerConfig = z.object({
  /** Side of the square that the window is fitted into, in pixels. */
  image_size: z.int().min(32).multipleOf(32).default(256),
  /** Channels at 1/2, 1/4, 1/8, 1/16 and 1/32. */
  channels: z.array(z.int().min(8)).length(5).default([16, 32, 48, 96, 128]),
});
export type SamRefinerConfig = z.infer<typeof SamRefinerConfig>;

/** The whole model with a CenterNet's backbone as its image encoder. */
export const SamCenternetConfig = z
  .object({
    vision_config: SamCenternetVisionConfig,
    ...promptAndDecoder,
    refiner_config: SamRefinerConfig.optional(),
  })
  .superRefine(assertAgreement);
export type SamCenternetConfig = z.infer<typeof SamCenternetConfig>;

/** The whole model with the image encoder that `vision_config.model_type` names. */
export const AnySamConfig = z.unknown().transform((value, context): SamConfig | SamCenternetConfig => {
  const seen = Named.safeParse(value).data?.vision_config?.model_type;
  const { data, error } = (seen === 'centernet' ? SamCenternetConfig : SamConfig).safeParse(value);
  for (const issue of error?.issues ?? []) context.issues.push({ ...issue, input: value } as never);
  return data ?? z.NEVER;
});
export type AnySamConfig = z.infer<typeof AnySamConfig>;

const Named = z.object({ vision_config: z.object({ model_type: z.string() }).partial().optional() });

/** Whether the image encoder is a CenterNet's backbone. */
export function seesByCenternet(config: AnySamConfig): config is SamCenternetConfig {
  return 'backbone_config' in config.vision_config;
}

/** The layout of a model that looks again. */
export type RefinedSamConfig = SamCenternetConfig & { readonly refiner_config: SamRefinerConfig };

/** Whether the model looks again at a window around a thing. */
export function looksAgain(config: AnySamConfig): config is RefinedSamConfig {
  return seesByCenternet(config) && config.refiner_config !== undefined;
}

/** Name of a published size of the model. */
export type SamSize = 'vit_b' | 'vit_l' | 'vit_h';

const layouts: Readonly<Record<SamSize, readonly [width: number, layers: number, heads: number]>> = {
  vit_b: [768, 12, 12],
  vit_l: [1024, 24, 16],
  vit_h: [1280, 32, 16],
};

/** The layout of a published size: every fourth part of the encoder ends in a layer of global attention. */
export function samConfigOf(size: SamSize): SamConfig {
  const [hidden_size, num_hidden_layers, num_attention_heads] = layouts[size];
  const global_attn_indexes = [1, 2, 3, 4].map((quarter) => (quarter * num_hidden_layers) / 4 - 1);
  return SamConfig.parse({
    vision_config: { hidden_size, num_hidden_layers, num_attention_heads, global_attn_indexes },
  });
}

/** Sides of the grid of patches of a whole picture. */
export function gridSide({
  image_size,
  patch_size,
}: Pick<SamVisionConfig, 'image_size' | 'patch_size'>): number {
  return Math.floor(image_size / patch_size);
}
