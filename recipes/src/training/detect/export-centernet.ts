/** Writes the published detector as a folder that the worker opens. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CenternetConfig } from '@darkroom/gpu-worker/models/centernet/config';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { NounBook } from '@darkroom/gpu-worker/vision/noun-book';
import { packageFolder } from '../../data/download.ts';
import { packagePin } from '../../data/packages.ts';
import { readCenternet } from './centernet-weights.ts';
import { cocoLabels } from './coco-labels.ts';
import { cocoNouns } from './coco-nouns.ts';
import { lookAlikes } from './look-alikes.ts';
import { subKinds } from './sub-kinds.ts';
import { WordNet } from './wordnet.ts';

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
  // Where a word is in several lists, the first has it.
  const named = [...cocoNouns(), ...lookAlikes()];
  const book = new NounBook(named);
  const net = await WordNet.read(join(packageFolder(cache, packagePin('wordnet-base')), 'usr/share/wordnet'));
  const nouns = [...named, ...subKinds(net, (word) => book.english(word) !== undefined)];
  const rows = nouns.map((noun) => JSON.stringify(noun));
  await writeFile(join(folder, 'nouns.json'), `[\n${rows.join(',\n')}\n]\n`);
}
