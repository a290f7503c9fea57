// A folder with a FastSAM checkpoint, opened: its layout, but no weights yet.
import { AppError, toAppError } from '@darkroom/shared/errors';
import { findWeights, readConfig } from '../models/checkpoint.ts';
import { FastSamConfig, type FastSamSize, fastSamConfigOf } from '../models/fastsam/config.ts';
import { declareFastSam } from '../models/fastsam/network.ts';
import { openSafetensors } from '../models/safetensors.ts';
import type { Component } from '../runtime/model-store.ts';

/** An opened model. */
export interface FastSamModel {
  readonly component: Component;
  readonly config: FastSamConfig;
}

/** How often each norm was updated in training: kept in checkpoints, needed by nobody. */
const counters = /\.num_batches_tracked$/;

/**
 * Opens a folder with the weights of Ultralytics' `SegmentationModel` as safetensors, under the names of its state
 * dictionary (`YOLO('FastSAM-s.pt').model.state_dict()`); `config.json` may be missing beside those of a published size.
 * @throws model_not_found, model_corrupt, model_unsupported
 */
export async function openFastSam(folder: string): Promise<FastSamModel> {
  const config = await readConfig(folder, FastSamConfig).catch((cause) => {
    if (toAppError(cause).code !== 'model_not_found') throw cause;
    return publishedConfig(folder);
  });
  return { component: { folder, declare: () => declareFastSam(config), ignore: counters }, config };
}

const sizeOfWidth: ReadonlyMap<number | undefined, FastSamSize> = new Map([
  [32, 's'],
  [80, 'x'],
]);

/** The layout that the first layer's width tells. */
async function publishedConfig(folder: string): Promise<FastSamConfig> {
  await using source = await openSafetensors(await findWeights(folder));
  const size = sizeOfWidth.get(source.tensors.get('model.0.conv.weight')?.shape[0]);
  if (size) return fastSamConfigOf(size);
  const message = `${source.path}: has no config.json, and is no published size of FastSAM`;
  throw new AppError('model_unsupported', { message });
}
