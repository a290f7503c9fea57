/** Writes trained networks as a diffusers folder that the general loader opens like any other. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
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

async function writeHalf(
  file: string,
  tensors: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>,
): Promise<void> {
  const halves = [...tensors].map(([name, tensor]): [string, WritableTensor] => [
    name,
    { dtype: 'F16', ...tensor },
  ]);
  await writeSafetensors(file, new Map(halves));
}

/** The text tower, the UNet (moving averages of a training checkpoint, in half precision) and the scheduler. */
export async function exportEdit(
  checkpoint: string,
  folder: string,
  network: EditNetwork = editNetwork,
): Promise<void> {
  const stored = await readSafetensors(checkpoint);
  const part = (prefix: string): Map<string, { shape: readonly number[]; data: Float32Array }> =>
    new Map(
      [...stored].flatMap(([name, tensor]) =>
        name.startsWith(`average:${prefix}`)
          ? [
              [
                name.slice(`average:${prefix}`.length),
                { shape: tensor.shape, data: toFloat32(tensor) },
              ] as const,
            ]
          : [],
      ),
    );
  for (const name of ['unet', 'text_encoder', 'scheduler'])
    await mkdir(join(folder, name), { recursive: true });
  await writeHalf(join(folder, 'unet', 'diffusion_pytorch_model.safetensors'), part('unet.'));
  await writeHalf(join(folder, 'text_encoder', 'model.safetensors'), part('text_encoder.'));
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
