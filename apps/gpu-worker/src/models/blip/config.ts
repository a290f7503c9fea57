import { z } from 'zod';
import { CenternetConfig } from '../centernet/config.ts';

/** Text part of BLIP's `config.json`; absent values take the defaults of transformers' `BlipTextConfig`. */
export const BlipTextConfig = z.object({
  vocab_size: z.int().positive().default(30524),
  hidden_size: z.int().positive().default(768),
  intermediate_size: z.int().positive().default(3072),
  num_hidden_layers: z.int().positive().default(12),
  num_attention_heads: z.int().positive().default(8),
  max_position_embeddings: z.int().positive().default(512),
  hidden_act: z.literal('gelu').default('gelu'),
  layer_norm_eps: z.number().positive().default(1e-12),
  /** Begins a caption. */
  bos_token_id: z.int().nonnegative().default(30522),
  /** Ends a caption; the `eos_token_id` of these files is not used. */
  sep_token_id: z.int().nonnegative().default(102),
});
export type BlipTextConfig = z.infer<typeof BlipTextConfig>;

/** Layers of a vision tower. */
const layers = {
  hidden_size: z.int().positive().default(768),
  intermediate_size: z.int().positive().default(3072),
  num_hidden_layers: z.int().positive().default(12),
  num_attention_heads: z.int().positive().default(12),
  hidden_act: z.literal('gelu').default('gelu'),
  layer_norm_eps: z.number().positive().default(1e-5),
} as const;

/** Vision part of BLIP's `config.json`; absent values take the defaults of transformers' `BlipVisionConfig`. */
export const BlipPatchConfig = z.object({
  model_type: z.literal('blip_vision_model').default('blip_vision_model'),
  ...layers,
  /** Pixels of a side of the square picture. */
  image_size: z.int().positive().default(384),
  /** Pixels of a side of a patch. */
  patch_size: z.int().positive().default(16),
});
export type BlipPatchConfig = z.infer<typeof BlipPatchConfig>;

/** A vision part of our own: the layers read what a frozen CenterNet sees instead of patches. */
export const BlipDetectorConfig = z.object({
  model_type: z.literal('centernet'),
  ...layers,
  /** Pixels of a side of the square picture. */
  image_size: z.int().min(64).multipleOf(64).default(384),
  detector_config: CenternetConfig,
});
export type BlipDetectorConfig = z.infer<typeof BlipDetectorConfig>;

/** Any vision part. */
export const BlipVisionConfig = z.union([BlipDetectorConfig, BlipPatchConfig]);
export type BlipVisionConfig = z.infer<typeof BlipVisionConfig>;

/** `config.json` of transformers' `BlipForConditionalGeneration`. */
export const BlipConfig = z.object({
  text_config: BlipTextConfig.prefault({}),
  vision_config: BlipVisionConfig.prefault({}),
});
export type BlipConfig = z.infer<typeof BlipConfig>;
