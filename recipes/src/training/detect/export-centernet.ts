/** Writes the detector as a folder that the worker opens. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CenternetConfig, type TaughtHeadConfig } from '@darkroom/gpu-worker/models/centernet/config';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { taughtNouns } from './balanced-scenes.ts';
import { readCenternet } from './centernet-weights.ts';
import { cocoLabels } from './coco-labels.ts';
import { cocoNouns } from './coco-nouns.ts';
import type { TfjsWeight } from './tfjs-weights.ts';

/** A second head to write with the published one. */
export interface TaughtHead {
  readonly config: TaughtHeadConfig;
  /** Indices of the picture nouns that its rows are. */
  readonly nouns: readonly number[];
  readonly weights: ReadonlyMap<string, TfjsWeight>;
}

/** The detector's configuration, all defaults written out. */
export function centernetConfig(taught: TaughtHeadConfig | null = null): CenternetConfig {
  return CenternetConfig.parse({ model_type: 'centernet', labels: cocoLabels, taught_config: taught });
}

/**
 * Writes the package's weights, which are in half precision there, so that nothing of them is lost, and a second head.
 * @param cache folder of `npm run data:fetch`
 */
export async function exportCenternet(cache: string, folder: string, head?: TaughtHead): Promise<void> {
  const published = await readCenternet(cache, centernetConfig());
  const weights = new Map([...published, ...(head?.weights ?? [])]);
  await mkdir(folder, { recursive: true });
  const halves = [...weights].map(([name, weight]): [string, WritableTensor] => [
    name,
    { dtype: 'F16', ...weight },
  ]);
  await writeSafetensors(join(folder, 'model.safetensors'), new Map(halves));
  const config = centernetConfig(head?.config ?? null);
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  const nouns = [...cocoNouns(), ...taughtNouns(head?.nouns ?? [])].map((noun) => JSON.stringify(noun));
  await writeFile(join(folder, 'nouns.json'), `[\n${nouns.join(',\n')}\n]\n`);
}
