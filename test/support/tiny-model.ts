/** A whole edit model in a folder, small and untrained: the loader, the graphs and the kernels of a real one, in milliseconds. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  AutoencoderPatchConfig,
  type AutoencoderPatchConfig as VaeConfig,
} from '@darkroom/gpu-worker/models/autoencoder-patch';
import { ClipTextConfig } from '@darkroom/gpu-worker/models/clip-text';
import {
  type DeclaredWeights,
  declareAutoencoderPatch,
  declareClipText,
  declareUnet,
} from '@darkroom/gpu-worker/models/declare-weights';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { UnetConfig } from '@darkroom/gpu-worker/models/unet-config';
import { type Shape, sizeOf } from '@darkroom/graph/shape';
import { Random } from './random.ts';

/** The three networks of an edit model; the UNet takes noisy latents and the photo's. */
export interface EditNetworks {
  readonly text: ClipTextConfig;
  readonly unet: UnetConfig;
  readonly vae: AutoencoderPatchConfig;
}

const tokenizerFolder = fileURLToPath(new URL('../../weights/edit/tokenizer', import.meta.url));
const latentChannels = 4;

/** About 0.1 million parameters; photos are worked on with 128 pixels on their longer side. */
const tinyNetworks: EditNetworks = {
  text: ClipTextConfig.parse({
    vocab_size: 1536,
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    max_position_embeddings: 32,
  }),
  unet: UnetConfig.parse({
    sample_size: 16,
    in_channels: 2 * latentChannels,
    out_channels: latentChannels,
    block_out_channels: [16, 32],
    down_block_types: ['DownBlock2D', 'CrossAttnDownBlock2D'],
    up_block_types: ['CrossAttnUpBlock2D', 'UpBlock2D'],
    layers_per_block: 1,
    norm_num_groups: 8,
    cross_attention_dim: 32,
    attention_head_dim: 2,
    condition_residual: true,
  }),
  vae: AutoencoderPatchConfig.parse({
    latent_channels: latentChannels,
    decoder_channels: 8,
    decoder_layers: 1,
  }),
};

const scheduler = {
  _class_name: 'DDIMScheduler',
  num_train_timesteps: 1000,
  beta_schedule: 'squaredcos_cap_v2',
  prediction_type: 'sample',
  timestep_spacing: 'trailing',
  clip_sample: false,
  set_alpha_to_one: true,
  steps_offset: 0,
};

const modelIndex = {
  _class_name: 'StableDiffusionInstructPix2PixPipeline',
  scheduler: ['diffusers', scheduler._class_name],
  text_encoder: ['transformers', 'CLIPTextModel'],
  tokenizer: ['transformers', 'CLIPTokenizer'],
  unet: ['diffusers', 'UNet2DConditionModel'],
  vae: ['darkroom', 'AutoencoderPatch'],
  _darkroom: { steps: 4, guidance_scale: 2, image_guidance_scale: 1.2 },
};

/**
 * Writes a model folder with random weights, the same for the same seed. The autoencoder alone is no accident: it keeps
 * the mean colour of each patch.
 */
export async function writeTinyModel(
  folder: string,
  { seed = 1, networks = tinyNetworks }: { readonly seed?: number; readonly networks?: EditNetworks } = {},
): Promise<void> {
  const { text, unet, vae } = networks;
  const random = new Random(seed);
  const parts = {
    text_encoder: {
      config: text,
      className: 'CLIPTextModel',
      weights: drawWeights(declareClipText(text), random),
    },
    unet: {
      config: unet,
      className: 'UNet2DConditionModel',
      weights: drawWeights(declareUnet(unet), random),
    },
    vae: { config: vae, className: 'AutoencoderPatch', weights: meanColours(vae, random) },
  };
  for (const [name, { config, className, weights }] of Object.entries(parts)) {
    await mkdir(join(folder, name), { recursive: true });
    await writeJson(join(folder, name, 'config.json'), { _class_name: className, ...config });
    const file = name === 'text_encoder' ? 'model.safetensors' : 'diffusion_pytorch_model.safetensors';
    await writeSafetensors(join(folder, name, file), weights);
  }
  await mkdir(join(folder, 'scheduler'), { recursive: true });
  await writeJson(join(folder, 'scheduler', 'scheduler_config.json'), scheduler);
  await cp(tokenizerFolder, join(folder, 'tokenizer'), { recursive: true });
  await writeJson(join(folder, 'model_index.json'), modelIndex);
}

/** Norms 1, biases 0, everything else N(0, 1 / fan-in). */
function drawWeights(declared: DeclaredWeights, random: Random): Map<string, WritableTensor> {
  const tensors = [...declared].map(([name, { shape }]): [string, WritableTensor] => {
    if (shape.length === 1) return [name, half(shape, () => Number(!name.endsWith('.bias')))];
    const deviation = 1 / Math.sqrt(sizeOf(shape.slice(1)));
    return [name, half(shape, () => deviation * random.normal())];
  });
  return new Map(tensors);
}

/** Latents 0 to 2 are the mean red, green and blue of a patch, the others nothing; decoding adds no correction. */
function meanColours(config: VaeConfig, random: Random): Map<string, WritableTensor> {
  const { latent_channels: latents, patch_size: patch } = config;
  const area = patch * patch;
  const weights = drawWeights(declareAutoencoderPatch(config), random);
  const encoder = half([latents, 3, patch, patch], (i) => {
    const latent = Math.floor(i / (3 * area));
    return Math.floor(i / area) % 3 === latent ? 1 / area : 0;
  });
  const decoder = half([3 * area, latents, 1, 1], (i) =>
    Number(Math.floor(i / latents / area) === i % latents),
  );
  const correction = half([3 * area, config.decoder_channels, 3, 3], () => 0);
  return weights
    .set('encoder.patch.weight', encoder)
    .set('decoder.patch.weight', decoder)
    .set('decoder.conv_out.weight', correction);
}

function half(shape: Shape, valueAt: (index: number) => number): WritableTensor {
  return { dtype: 'F16', shape, data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => valueAt(i)) };
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}
