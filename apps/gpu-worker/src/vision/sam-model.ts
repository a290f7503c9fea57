// A folder with a Segment Anything checkpoint, opened: its layout, but no weights yet.
import { AppError, toAppError } from '@darkroom/shared/errors';
import { findWeights, readConfig } from '../models/checkpoint.ts';
import { openSafetensors } from '../models/safetensors.ts';
import { declareSam } from '../models/sam/declare-sam.ts';
import { AnySamConfig, type SamConfig, type SamSize, samConfigOf } from '../models/sam/sam-config.ts';
import type { Component } from '../runtime/model-store.ts';

/** An opened model. */
export interface SamModel {
  readonly component: Component;
  readonly config: AnySamConfig;
}

/**
 * Opens a folder with `config.json` and weights, or with the weights of a published size alone, as the original release
 * has them.
 * @throws model_not_found, model_corrupt, model_unsupported
 */
export async function openSam(folder: string): Promise<SamModel> {
  const config = await readConfig(folder, AnySamConfig).catch((cause) => {
    if (toAppError(cause).code !== 'model_not_found') throw cause;
    return publishedConfig(folder);
  });
  return { component: { folder, declare: () => declareSam(config) }, config };
}

const sizeOfWidth: ReadonlyMap<number | undefined, SamSize> = new Map([
  [768, 'vit_b'],
  [1024, 'vit_l'],
  [1280, 'vit_h'],
]);

/** The layout that the encoder's width tells. */
async function publishedConfig(folder: string): Promise<SamConfig> {
  await using source = await openSafetensors(await findWeights(folder));
  const places =
    source.tensors.get('image_encoder.pos_embed') ?? source.tensors.get('vision_encoder.pos_embed');
  const size = sizeOfWidth.get(places?.shape.at(-1));
  if (size) return samConfigOf(size);
  const message = `${source.path}: has no config.json, and is no published size of Segment Anything`;
  throw new AppError('model_unsupported', { message });
}
