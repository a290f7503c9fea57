// A diffusers pipeline folder, opened: what its networks are and how it was trained, but no weights yet.

import { join } from 'node:path';
import { AppError } from '@darkroom/shared/errors';
import { parseSchedulerConfig, type SchedulerConfig } from '@darkroom/shared/schedulers/config';
import { presetConfig, type SchedulerPresetName } from '@darkroom/shared/schedulers/presets';
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
import { latentMultiple, UnetConfig } from '../models/unet-config.ts';
import type { Component } from '../runtime/model-store.ts';
import { openTextEncoder, type TextEncoder } from './text-encoder.ts';
import { openVae, type Vae } from './vae.ts';

/** The denoising network of a model. */
export interface Unet {
  readonly component: Component;
  readonly config: UnetConfig;
}

/** An opened pipeline folder. */
export interface DiffusionModel {
  readonly folder: string;
  readonly unet: Unet;
  readonly vae: Vae;
  readonly textEncoder: TextEncoder;
  /** Absent when the folder has none: then only token ids can be encoded. */
  readonly tokenizer?: Tokenizer;
  /** The model's own `scheduler_config.json`, as it is. */
  readonly savedScheduler: Readonly<Record<string, unknown>>;
  readonly defaults: SamplingDefaults;
}

/** What a job uses where its request is silent. */
export interface SamplingDefaults {
  readonly steps: number;
  readonly guidanceScale: number;
  /** How strongly an edited photo is kept. */
  readonly imageGuidanceScale: number;
  /** See {@link recolourPrompt}. */
  readonly recolourPrompt?: string;
}

/** Ours, absent from public pipelines: the key `_darkroom` of `model_index.json`. */
const OwnDefaults = z.object({
  steps: z.int().min(1).max(150).default(30),
  guidance_scale: z.number().min(0).max(30).default(7.5),
  image_guidance_scale: z.number().min(0).max(10).default(1.5),
  /** Words with `{colour}` in them. */
  recolour_prompt: z.string().includes('{colour}').max(200).optional(),
});

/**
 * Opens the folder of a text-conditioned pipeline.
 * @throws model_not_found, model_corrupt, model_unsupported
 */
export async function openDiffusionModel(folder: string): Promise<DiffusionModel> {
  const index = await readModelIndex(folder);
  const tokenizer = index.components.has('tokenizer')
    ? await openTokenizer((await requireComponent(index, 'tokenizer')).folder)
    : undefined;
  return {
    folder,
    unet: await openUnet(await requireComponent(index, 'unet')),
    vae: await openVae(await requireComponent(index, 'vae')),
    textEncoder: await openTextEncoder(await requireComponent(index, 'text_encoder')),
    ...(tokenizer && { tokenizer }),
    savedScheduler: await readSchedulerJson(index),
    defaults: readDefaults(index),
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

/** The model's own scheduler, or a named method under the same training configuration. @throws model_unsupported */
export function schedulerOf(
  { savedScheduler }: DiffusionModel,
  preset?: SchedulerPresetName,
): SchedulerConfig {
  return preset === undefined ? parseSchedulerConfig(savedScheduler) : presetConfig(savedScheduler, preset);
}

/**
 * By how much the sides of a picture must divide: the autoencoder's factor, and the UNet's halvings of the latent.
 * @example pictureMultiple(stableDiffusion) // 8 · 2³ = 64
 */
export function pictureMultiple({ unet, vae }: DiffusionModel): number {
  return vae.factor * latentMultiple(unet.config);
}

/** The longer side of a picture as the network knows it best, in pixels. */
export function nativeSide({ unet, vae }: DiffusionModel): number {
  return (unet.config.sample_size ?? defaultSampleSize) * vae.factor;
}

/** What a UNet reads beside the noisy latents: nothing, the photo's latents, or a mask and the latents of what it keeps. */
export type ImageConditioning = 'none' | 'photo' | 'masked_photo';

/** @throws model_unsupported when the number of channels fits none of them */
export function imageConditioning({ unet: { component, config } }: DiffusionModel): ImageConditioning {
  const { in_channels: taken, out_channels: made } = config;
  switch (taken - made) {
    case 0:
      return 'none';
    case made:
      return 'photo';
    case made + 1:
      return 'masked_photo';
    default: {
      const expected = `${made}, ${2 * made} or ${2 * made + 1}`;
      const message = `${component.folder}: the UNet takes ${taken} channels, expected ${expected}`;
      throw new AppError('model_unsupported', { message });
    }
  }
}

/**
 * How a model that knows few nouns is best asked to give a colour to whatever a mask shows; undefined for a model that is
 * asked in the client's own words.
 * @param colour in English
 */
export function recolourPrompt({ defaults }: DiffusionModel, colour: string): string | undefined {
  return defaults.recolourPrompt?.replace('{colour}', colour);
}

/** Latent side of Stable Diffusion 1.x, for configurations that state none. */
const defaultSampleSize = 64;

function readDefaults({ folder, options }: ModelIndex): SamplingDefaults {
  const parsed = OwnDefaults.safeParse(options['_darkroom'] ?? {});
  if (!parsed.success) {
    throw new AppError('model_corrupt', {
      message: `${folder}: model_index.json: ${z.prettifyError(parsed.error)}`,
    });
  }
  const { steps, guidance_scale: guidanceScale, image_guidance_scale, recolour_prompt } = parsed.data;
  return {
    steps,
    guidanceScale,
    imageGuidanceScale: image_guidance_scale,
    ...(recolour_prompt !== undefined && { recolourPrompt: recolour_prompt }),
  };
}

async function readSchedulerJson(index: ModelIndex): Promise<Record<string, unknown>> {
  const { folder } = await requireComponent(index, 'scheduler');
  return readJson(join(folder, 'scheduler_config.json'), z.looseObject({}));
}
