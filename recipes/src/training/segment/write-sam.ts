import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { declareSam } from '@darkroom/gpu-worker/models/sam/declare-sam';
import type { SamCenternetConfig } from '@darkroom/gpu-worker/models/sam/sam-config';

/** Writes a segmenter as a folder that the worker opens like any Segment Anything model, in half precision. */
export async function writeSam(
  folder: string,
  config: SamCenternetConfig,
  weightOf: (name: string) => Float32Array,
): Promise<void> {
  const tensors = [...declareSam(config)].map(([name, { shape }]): [string, WritableTensor] => [
    name,
    { dtype: 'F16', shape, data: weightOf(name) },
  ]);
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, 'model.safetensors'), new Map(tensors), { format: 'pt' });
  const layout = { architectures: ['SamModel'], model_type: 'sam', ...config };
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(layout, null, 2)}\n`);
}
