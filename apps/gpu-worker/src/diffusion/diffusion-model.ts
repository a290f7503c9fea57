// A diffusers pipeline folder, opened: what its networks are and how it was trained, but no weights yet.

import { join } from 'node:path';
import { AppError } from '@darkroom/shared/errors';
import {
  parseSchedulerConfig,
  type SchedulerConfig,
  type SchedulerName,
} from '@darkroom/shared/schedulers/config';
import { z } from 'zod';
import { readConfig, readJson } from '../models/checkpoint.ts';
import { declareUnet } from '../models/declare-weights.ts';
import {
  type ModelComponent,
  type ModelIndex,
  readModelIndex,
  requireComponent,
} from '../models/model-index.ts';
import { openTokenizer, type Tokenizer } from '../models/tokenizer.ts';
import { UnetConfig } from '../models/unet-config.ts';
import type { Component } from '../runtime/model-store.ts';
import { openTextEncoder, type TextEncoder } from './text-encoder.ts';
import { openVae, type Vae } from './vae.ts';

export interface Unet {
  readonly component: Component;
  readonly config: UnetConfig;
}

export interface DiffusionModel {
  readonly folder: string;
  readonly unet: Unet;
  readonly vae: Vae;
  readonly textEncoder: TextEncoder;
  /** Absent when the folder has none: then only token ids can be encoded. */
  readonly tokenizer?: Tokenizer;
  /** The scheduler that the model comes with, or another class under the same training configuration. */
  readonly scheduler: (className?: SchedulerName) => SchedulerConfig;
}

/**
 * Opens the folder of a text-conditioned pipeline.
 * @throws model_not_found, model_corrupt, model_unsupported
 */
export async function openDiffusionModel(folder: string): Promise<DiffusionModel> {
  const index = await readModelIndex(folder);
  const schedulerJson = await readSchedulerJson(index);
  const tokenizer = index.components.has('tokenizer')
    ? await openTokenizer((await requireComponent(index, 'tokenizer')).folder)
    : undefined;
  return {
    folder,
    unet: await openUnet(await requireComponent(index, 'unet')),
    vae: await openVae(await requireComponent(index, 'vae')),
    textEncoder: await openTextEncoder(await requireComponent(index, 'text_encoder')),
    ...(tokenizer && { tokenizer }),
    scheduler: (className) => parseSchedulerConfig(schedulerJson, className),
  };
}

async function openUnet({ className, folder }: ModelComponent): Promise<Unet> {
  if (className !== 'UNet2DConditionModel') {
    const message = `${folder}: the network is a ${className}, expected UNet2DConditionModel`;
    throw new AppError('model_unsupported', { message });
  }
  const config = await readConfig(folder, UnetConfig);
  return { component: { folder, declare: () => declareUnet(config) }, config };
}

async function readSchedulerJson(index: ModelIndex): Promise<Record<string, unknown>> {
  const { folder } = await requireComponent(index, 'scheduler');
  return readJson(join(folder, 'scheduler_config.json'), z.looseObject({}));
}
