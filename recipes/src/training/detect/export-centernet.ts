/** Writes the published detector as a folder that the worker opens. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CenternetConfig } from '@darkroom/gpu-worker/models/centernet/config';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { readCenternet } from './centernet-weights.ts';
import { cocoLabels } from './coco-labels.ts';
import { cocoNouns } from './coco-nouns.ts';
import { lookAlikes } from './look-alikes.ts';

/** The detector's configuration, all defaults written out. */
const config = (): CenternetConfig => CenternetConfig.parse({ model_type: 'centernet', labels: cocoLabels });

/**
 * Converts the package's weights, which are in half precision there, so that nothing of them is lost.
 * @param cache folder of `npm run data:fetch`
 */
export async function exportCenternet(cache: string, folder: string): Promise<void> {
  const weights = await readCenternet(cache, config());
  await mkdir(folder, { recursive: true });
  const halves = [...weights].map(([name, weight]): [string, WritableTensor] => [
    name,
    { dtype: 'F16', ...weight },
  ]);
  await writeSafetensors(join(folder, 'model.safetensors'), new Map(halves));
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(config(), null, 2)}\n`);
  // Where a word is in both lists, the class of its own has it.
  const nouns = [...cocoNouns(), ...lookAlikes()].map((noun) => JSON.stringify(noun));
  await writeFile(join(folder, 'nouns.json'), `[\n${nouns.join(',\n')}\n]\n`);
}
