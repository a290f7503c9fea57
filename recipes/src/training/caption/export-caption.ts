/** Writes the trained captioner, and the frozen detector inside of it, as a BLIP folder that the worker opens. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { checkpointFile } from '../run-folder.ts';
import { type FrozenWeight, preprocessing, readFrozen } from './cell-reader.ts';
import { openNetwork } from './train-caption.ts';

const averages = 'average:';

/**
 * Moving averages of the run's last checkpoint, in half precision.
 * @param detector folder of the detector's weights
 */
export async function exportCaption(run: string, detector: string, folder: string): Promise<void> {
  const { network } = await openNetwork(detector);
  const stored = await readSafetensors(checkpointFile(run));
  const trained = [...stored].flatMap(([name, tensor]): [string, FrozenWeight][] =>
    name.startsWith(averages)
      ? [[name.slice(averages.length), { shape: tensor.shape, data: toFloat32(tensor) }]]
      : [],
  );
  const frozen = await readFrozen(detector, network.vision_config);
  const halves = [...trained, ...frozen].map(([name, weight]): [string, WritableTensor] => [
    name,
    { dtype: 'F16', ...weight },
  ]);
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, 'model.safetensors'), new Map(halves));
  const config = { architectures: ['BlipForConditionalGeneration'], model_type: 'blip', ...network };
  await writeJson(join(folder, 'config.json'), config);
  await writeJson(join(folder, 'preprocessor_config.json'), preprocessing(network.vision_config));
  await copyFile(join(run, 'vocab.txt'), join(folder, 'vocab.txt'));
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}
