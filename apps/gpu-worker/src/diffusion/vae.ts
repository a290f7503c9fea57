// Images to latents and back, whichever autoencoder a model has.
import type { Scope } from '@darkroom/graph/layers/scope';
import { input, type Value } from '@darkroom/graph/value';
import { AppError } from '@darkroom/shared/errors';
import { weightedSum } from '@darkroom/shared/samplers/weighted-sum';
import { AutoencoderKlConfig, decode, encode, spatialFactor } from '../models/autoencoder-kl.ts';
import { AutoencoderPatchConfig, decodePatches, encodePatches } from '../models/autoencoder-patch.ts';
import { readConfig } from '../models/checkpoint.ts';
import { declareAutoencoderKl, declareAutoencoderPatch } from '../models/declare-weights.ts';
import type { ModelComponent } from '../models/model-index.ts';
import type { Component, ModelStore } from '../runtime/model-store.ts';
import type { LatentMoments, Planes } from './latents.ts';

/** An autoencoder and what a pipeline must know of it. */
export interface Vae {
  readonly component: Component;
  readonly latentChannels: number;
  /** Pixels per latent pixel, on each side. */
  readonly factor: number;
  /** What latents are multiplied by before diffusion. */
  readonly scalingFactor: number;
  /** Without `logvar` the encoder is deterministic. */
  readonly encode: (scope: Scope, image: Value) => { readonly mean: Value; readonly logvar?: Value };
  readonly decode: (scope: Scope, latent: Value) => Value;
}

const openers: Readonly<Record<string, (folder: string) => Promise<Vae>>> = {
  AutoencoderKL: openAutoencoderKl,
  AutoencoderPatch: openAutoencoderPatch,
};

/** @throws model_unsupported for an unknown class, model_corrupt for a configuration that does not fit */
export async function openVae({ className, folder }: ModelComponent): Promise<Vae> {
  const open = openers[className];
  if (open) return open(folder);
  const known = Object.keys(openers).join(', ');
  const message = `${folder}: the VAE is a ${className}, expected one of ${known}`;
  throw new AppError('model_unsupported', { message });
}

async function openAutoencoderKl(folder: string): Promise<Vae> {
  const config = await readConfig(folder, AutoencoderKlConfig);
  return {
    component: { folder, declare: () => declareAutoencoderKl(config) },
    latentChannels: config.latent_channels,
    factor: spatialFactor(config),
    scalingFactor: config.scaling_factor,
    encode: (scope, image) => encode(scope, image, config),
    decode: (scope, latent) => decode(scope, latent, config),
  };
}

async function openAutoencoderPatch(folder: string): Promise<Vae> {
  const config = await readConfig(folder, AutoencoderPatchConfig);
  return {
    component: { folder, declare: () => declareAutoencoderPatch(config) },
    latentChannels: config.latent_channels,
    factor: config.patch_size,
    scalingFactor: config.scaling_factor,
    encode: (scope, image) => ({ mean: encodePatches(scope, image, config) }),
    decode: (scope, latent) => decodePatches(scope, latent, config),
  };
}

/** Encodes an image [1, 3, …] in [-1, 1] whose sides are multiples of the factor; the moments are not scaled. */
export async function encodeImage(store: ModelStore, vae: Vae, image: Planes): Promise<LatentMoments> {
  const shape = [1, 3, image.height, image.width];
  using lease = await store.session({
    component: vae.component,
    key: `encode ${shape.join('x')}`,
    build: (scope) => ({ ...vae.encode(scope, input('image', shape)) }),
  });
  const { mean, logvar } = await lease.value.run({ image: image.data });
  return { mean: mean as Float32Array, ...(logvar && { logvar: logvar as Float32Array }) };
}

/** Decodes unscaled latents [1, latentChannels, …] to an image [1, 3, …], nominally in [-1, 1]. */
export async function decodeLatent(store: ModelStore, vae: Vae, latent: Planes): Promise<Planes> {
  const shape = [1, vae.latentChannels, latent.height, latent.width];
  using lease = await store.session({
    component: vae.component,
    key: `decode ${shape.join('x')}`,
    build: (scope) => ({ image: vae.decode(scope, input('latent', shape)) }),
  });
  const { image } = await lease.value.run<'image'>({ latent: latent.data });
  return {
    data: image as Float32Array,
    width: latent.width * vae.factor,
    height: latent.height * vae.factor,
  };
}

/** Latents as diffusion sees them. */
export function scaleLatent({ scalingFactor }: Vae, latent: Float32Array): Float32Array {
  return weightedSum([scalingFactor, latent]);
}

/** Latents as the decoder takes them. */
export function unscaleLatent({ scalingFactor }: Vae, latent: Float32Array): Float32Array {
  return weightedSum([1 / scalingFactor, latent]);
}
