/** Writes trained networks as a diffusers folder that the general loader opens like any other. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { type Blend, blended } from './blend.ts';
import { type EditNetwork, editNetwork } from './edit-model.ts';
import { schedulerJson } from './scheduler-json.ts';
import { type TrainedVae, vaeConfig } from './train-vae.ts';

const modelIndex = {
  _class_name: 'StableDiffusionInstructPix2PixPipeline',
  scheduler: ['diffusers', schedulerJson._class_name],
  text_encoder: ['transformers', 'CLIPTextModel'],
  tokenizer: ['transformers', 'CLIPTokenizer'],
  unet: ['diffusers', 'UNet2DConditionModel'],
  vae: ['darkroom', 'AutoencoderPatch'],
  _darkroom: {
    steps: 12,
    guidance_scale: 1,
    image_guidance_scale: 1,
    recolour_prompt: 'make the ball {colour}',
  },
};

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

interface ExportedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

async function writeHalf(file: string, tensors: ReadonlyMap<string, ExportedTensor>): Promise<void> {
  const halves = [...tensors].map(([name, tensor]): [string, WritableTensor] => [
    name,
    { dtype: 'F16', ...tensor },
  ]);
  await writeSafetensors(file, new Map(halves));
}

/** What is exported. */
export interface EditExport {
  readonly checkpoint: string;
  /** Default: the embedded model's. */
  readonly network?: EditNetwork | undefined;
  /** An edit model whose weights count too. Default: the run's alone. */
  readonly average?: Blend | undefined;
}

/** The parts that are trained together: prefix of their names in a checkpoint, and their file in an exported folder. */
export const editParts = [
  ['unet.', 'unet/diffusion_pytorch_model.safetensors'],
  ['text_encoder.', 'text_encoder/model.safetensors'],
] as const;

/**
 * The text tower, the UNet (moving averages of a training checkpoint, in half precision) and the scheduler.
 * @throws TypeError when the weights to take the mean with belong to another network
 */
export async function exportEdit(
  { checkpoint, network = editNetwork, average }: EditExport,
  folder: string,
): Promise<void> {
  const stored = await readSafetensors(checkpoint);
  for (const name of ['unet', 'text_encoder', 'scheduler'])
    await mkdir(join(folder, name), { recursive: true });
  for (const [prefix, file] of editParts) {
    const others = average && (await readSafetensors(join(average.folder, file)));
    const tensors = new Map<string, ExportedTensor>();
    for (const [name, { shape, ...tensor }] of stored) {
      if (!name.startsWith(`average:${prefix}`)) continue;
      const plain = name.slice(`average:${prefix}`.length);
      const other = others?.get(plain);
      if (others && !other) throw new TypeError(`${average.folder}: expected ${prefix}${plain}, came none`);
      const own = toFloat32({ shape, ...tensor });
      tensors.set(plain, { shape, data: blended(own, other && toFloat32(other), average?.share ?? 1) });
    }
    await writeHalf(join(folder, file), tensors);
  }
  await writeJson(join(folder, 'unet', 'config.json'), {
    _class_name: 'UNet2DConditionModel',
    ...network.unet,
  });
  await writeJson(join(folder, 'text_encoder', 'config.json'), {
    architectures: ['CLIPTextModel'],
    ...network.text,
  });
  await writeJson(join(folder, 'scheduler', 'scheduler_config.json'), schedulerJson);
  await writeJson(join(folder, 'model_index.json'), modelIndex);
}

/** The autoencoder, in half precision. */
export async function exportVae({ weights, shapes }: TrainedVae, folder: string): Promise<void> {
  await mkdir(join(folder, 'vae'), { recursive: true });
  const tensors = new Map(
    [...weights].map(([name, data]) => [name, { data, shape: shapes.get(name) ?? [data.length] }]),
  );
  await writeHalf(join(folder, 'vae', 'diffusion_pytorch_model.safetensors'), tensors);
  await writeJson(join(folder, 'vae', 'config.json'), { _class_name: 'AutoencoderPatch', ...vaeConfig });
}
