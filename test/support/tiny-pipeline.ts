/** Small pipeline folders with random weights, in the layout that production loads. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AutoencoderKlConfig } from '@darkroom/gpu-worker/models/autoencoder-kl';
import { AutoencoderPatchConfig } from '@darkroom/gpu-worker/models/autoencoder-patch';
import { ClipTextConfig } from '@darkroom/gpu-worker/models/clip-text';
import {
  type DeclaredWeights,
  declareAutoencoderKl,
  declareAutoencoderPatch,
  declareClipText,
  declareUnet,
} from '@darkroom/gpu-worker/models/declare-weights';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { UnetConfig } from '@darkroom/gpu-worker/models/unet-config';
import { sizeOf } from '@darkroom/graph/shape';
import { normals } from '@darkroom/shared/random';

export interface TinyPipeline {
  /** What the network reads beside the noisy latents. */
  readonly reads: 'nothing' | 'photo' | 'masked photo';
  readonly vae: 'AutoencoderKL' | 'AutoencoderPatch';
  /** `true`: the network returns the denoised latents as a correction to the photo's, and corrects nothing. */
  readonly returnsPhoto?: boolean;
  readonly defaults?: Readonly<Record<string, number | string>>;
}

const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const [start, end] = ['<|startoftext|>', '<|endoftext|>'];
const tokens = [...letters, ...letters.map((letter) => `${letter}</w>`), start, end];
const latentChannels = 4;

/** Writes one. Pictures are a multiple of 8 pixels for `AutoencoderKL`'s two levels and the UNet's two, 64 at the longest. */
export async function writeTinyPipeline(folder: string, model: TinyPipeline): Promise<void> {
  const returnsPhoto = model.returnsPhoto ?? false;
  const extra = { nothing: 0, photo: latentChannels, 'masked photo': latentChannels + 1 }[model.reads];
  const unet = UnetConfig.parse({
    sample_size: 16,
    in_channels: latentChannels + extra,
    out_channels: latentChannels,
    block_out_channels: [8, 16],
    down_block_types: ['CrossAttnDownBlock2D', 'DownBlock2D'],
    up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D'],
    layers_per_block: 1,
    norm_num_groups: 4,
    cross_attention_dim: 16,
    attention_head_dim: 2,
    condition_residual: returnsPhoto,
  });
  const text = ClipTextConfig.parse({
    vocab_size: tokens.length,
    hidden_size: 16,
    intermediate_size: 32,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    max_position_embeddings: 16,
  });
  const unetWeights = randomWeights(declareUnet(unet));
  if (returnsPhoto)
    for (const name of ['conv_out.weight', 'conv_out.bias']) unetWeights.get(name)?.data.fill(0);
  await writeComponent(folder, 'unet', { _class_name: 'UNet2DConditionModel', ...unet }, unetWeights);
  await writeComponent(folder, 'text_encoder', text, randomWeights(declareClipText(text)));
  await writeVae(folder, model.vae);
  await writeTokenizer(join(folder, 'tokenizer'));
  await writeJson(join(folder, 'scheduler'), 'scheduler_config.json', {
    _class_name: 'DDIMScheduler',
    beta_schedule: returnsPhoto ? 'squaredcos_cap_v2' : 'scaled_linear',
    prediction_type: returnsPhoto ? 'sample' : 'epsilon',
    timestep_spacing: 'trailing',
    clip_sample: false,
  });
  await writeJson(folder, 'model_index.json', {
    _class_name: 'StableDiffusionPipeline',
    scheduler: ['diffusers', 'DDIMScheduler'],
    text_encoder: ['transformers', 'CLIPTextModel'],
    tokenizer: ['transformers', 'CLIPTokenizer'],
    unet: ['diffusers', 'UNet2DConditionModel'],
    vae: ['diffusers', model.vae],
    _darkroom: { steps: 3, guidance_scale: 2, image_guidance_scale: 1.5, ...model.defaults },
  });
}

type Weights = Map<string, WritableTensor & { readonly data: Float32Array }>;

/** Scaled by the number of inputs, so that activations neither vanish nor explode. */
function randomWeights(declared: DeclaredWeights): Weights {
  const weights: Weights = new Map();
  let image = 0;
  for (const [name, { shape }] of declared) {
    const inputs = shape.length < 2 ? 1 : sizeOf(shape) / (shape[0] as number);
    const noise = normals({ seed: 7, image: image++, step: 0, count: sizeOf(shape) });
    const isScale = shape.length === 1 && name.includes('norm') && name.endsWith('.weight');
    const data = noise.map((value) => (isScale ? 1 + 0.1 * value : (0.8 * value) / Math.sqrt(inputs)));
    weights.set(name, { dtype: 'F32', shape, data });
  }
  return weights;
}

async function writeVae(folder: string, className: TinyPipeline['vae']): Promise<void> {
  if (className === 'AutoencoderPatch') {
    const config = AutoencoderPatchConfig.parse({
      latent_channels: latentChannels,
      patch_size: 4,
      decoder_channels: 8,
      decoder_layers: 1,
    });
    await writeComponent(
      folder,
      'vae',
      { _class_name: className, ...config },
      randomWeights(declareAutoencoderPatch(config)),
    );
    return;
  }
  const config = AutoencoderKlConfig.parse({
    block_out_channels: [8, 8, 16],
    down_block_types: Array(3).fill('DownEncoderBlock2D'),
    up_block_types: Array(3).fill('UpDecoderBlock2D'),
    norm_num_groups: 4,
  });
  await writeComponent(folder, 'vae', config, randomWeights(declareAutoencoderKl(config)));
}

async function writeComponent(folder: string, name: string, config: object, weights: Weights): Promise<void> {
  await writeJson(join(folder, name), 'config.json', config);
  const file = name === 'text_encoder' ? 'model.safetensors' : 'diffusion_pytorch_model.safetensors';
  await writeSafetensors(join(folder, name, file), weights);
}

/** One token per letter, at the end of a word and within it; anything else is unknown. */
async function writeTokenizer(folder: string): Promise<void> {
  await writeJson(folder, 'vocab.json', Object.fromEntries(tokens.map((token, id) => [token, id])));
  await writeJson(folder, 'tokenizer_config.json', {
    bos_token: start,
    eos_token: end,
    unk_token: end,
    pad_token: end,
    model_max_length: 16,
  });
  await writeFile(join(folder, 'merges.txt'), '#version: 0.2\n');
}

async function writeJson(folder: string, name: string, content: unknown): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), JSON.stringify(content));
}
