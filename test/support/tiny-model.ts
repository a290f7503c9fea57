/** A whole edit model in a folder, small and untrained: the loader, the graphs and the kernels of a real one, in milliseconds. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AutoencoderPatchConfig } from '@darkroom/gpu-worker/models/autoencoder-patch';
import { ClipTextConfig } from '@darkroom/gpu-worker/models/clip-text';
import {
  type DeclaredWeights,
  declareAutoencoderPatch,
  declareClipText,
  declareUnet,
} from '@darkroom/gpu-worker/models/declare-weights';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { openTokenizer, type Tokenizer } from '@darkroom/gpu-worker/models/tokenizer';
import { UnetConfig } from '@darkroom/gpu-worker/models/unet-config';
import { type Shape, sizeOf } from '@darkroom/graph/shape';
import { Random } from './random.ts';

const tokenizerFolder = fileURLToPath(new URL('../../weights/edit/tokenizer', import.meta.url));
const latentChannels = 4;

const unetConfig = UnetConfig.parse({
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
});
const vaeConfig = AutoencoderPatchConfig.parse({
  latent_channels: latentChannels,
  decoder_channels: 8,
  decoder_layers: 1,
});
/** By how much the UNet's corrections are weaker than its random weights would make them. */
const mildness = 0.2;

/** @param tokenizer whose tokens it reads */
function textConfig({ vocabSize, length }: Tokenizer): ClipTextConfig {
  return ClipTextConfig.parse({
    vocab_size: vocabSize,
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    max_position_embeddings: length,
  });
}

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
 * Writes a model folder, the same every time. Its words, the photo and the noise all tell on the edit, which is mild:
 * 128 pixels on the longer side, the mean colour of each patch of 8 × 8 pixels, and a random correction to it.
 */
export async function writeTinyModel(folder: string): Promise<void> {
  const text = textConfig(await openTokenizer(tokenizerFolder));
  const random = new Random(1);
  const words = drawWeights(declareClipText(text), random);
  await writeComponent(join(folder, 'text_encoder'), { architectures: ['CLIPTextModel'], ...text }, words);
  const network = drawWeights(declareUnet(unetConfig), random);
  const unet = { _class_name: 'UNet2DConditionModel', ...unetConfig };
  await writeComponent(join(folder, 'unet'), unet, network);
  const vae = { _class_name: 'AutoencoderPatch', ...vaeConfig };
  await writeComponent(join(folder, 'vae'), vae, meanColours(random));
  await writeJson(join(folder, 'scheduler'), 'scheduler_config.json', scheduler);
  await cp(tokenizerFolder, join(folder, 'tokenizer'), { recursive: true });
  await writeJson(folder, 'model_index.json', modelIndex);
}

type Weights = Map<string, WritableTensor>;

/** Norms 1, biases 0, everything else N(0, 1 / fan-in), the last convolution less. */
function drawWeights(declared: DeclaredWeights, random: Random): Weights {
  const weights: Weights = new Map();
  for (const [name, { shape }] of declared) {
    const isVector = shape.length === 1;
    const deviation = (name === 'conv_out.weight' ? mildness : 1) / Math.sqrt(sizeOf(shape.slice(1)));
    const draw = isVector ? () => Number(!name.endsWith('.bias')) : () => deviation * random.normal();
    weights.set(name, half(shape, draw));
  }
  return weights;
}

/** Latents 0 to 2 are the mean red, green and blue of a patch, the others nothing; decoding adds no correction. */
function meanColours(random: Random): Weights {
  const { latent_channels: latents, patch_size: patch, decoder_channels: width } = vaeConfig;
  const area = patch * patch;
  const weights = drawWeights(declareAutoencoderPatch(vaeConfig), random);
  const encoder = half([latents, 3, patch, patch], (i) => {
    const latent = Math.floor(i / (3 * area));
    return Math.floor(i / area) % 3 === latent ? 1 / area : 0;
  });
  const decoder = half([3 * area, latents, 1, 1], (i) =>
    Number(Math.floor(i / latents / area) === i % latents),
  );
  const correction = half([3 * area, width, 3, 3], () => 0);
  return weights
    .set('encoder.patch.weight', encoder)
    .set('decoder.patch.weight', decoder)
    .set('decoder.conv_out.weight', correction);
}

function half(shape: Shape, valueAt: (index: number) => number): WritableTensor {
  return { dtype: 'F16', shape, data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => valueAt(i)) };
}

async function writeComponent(folder: string, config: object, weights: Weights): Promise<void> {
  await writeJson(folder, 'config.json', config);
  const stem = 'architectures' in config ? 'model' : 'diffusion_pytorch_model';
  await writeSafetensors(join(folder, `${stem}.safetensors`), weights);
}

async function writeJson(folder: string, name: string, content: unknown): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
}
