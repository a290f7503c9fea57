// What happens to images and latents outside the networks: sampling, masks, joining channels.

import { diffuse } from '@darkroom/shared/parameterization';
import { weightedSum } from '@darkroom/shared/samplers/weighted-sum';
import { levelAt } from '@darkroom/shared/schedulers/noise';
import type { Schedule } from '@darkroom/shared/schedulers/schedule';

/** One image or latent in channel planes, [1, C, height, width]. */
export interface Planes {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Sides in pixels or latent pixels. */
export interface PlaneSize {
  readonly width: number;
  readonly height: number;
}

/** The Gaussian of an encoded image; without `logvar` it is a point. */
export interface LatentMoments {
  readonly mean: Float32Array;
  readonly logvar?: Float32Array;
}

/**
 * mean + exp(logvar / 2) · noise
 * @param noise asked for as many N(0,1) values as the latent has, unless it is a point
 */
export function sampleLatent(
  { mean, logvar }: LatentMoments,
  noise: (count: number) => Float32Array,
): Float32Array {
  if (!logvar) return mean;
  const drawn = noise(mean.length);
  if (drawn.length !== mean.length) {
    throw new TypeError(`sampleLatent: expected ${mean.length} noise values, got ${drawn.length}`);
  }
  return mean.map((value, i) => value + Math.exp((logvar[i] as number) / 2) * (drawn[i] as number));
}

/** A mask [1, 1, …] in smaller size, each value taken from the nearest cell above and to the left, as PyTorch does. */
export function resizeMaskNearest(mask: Planes, { width, height }: PlaneSize): Planes {
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * mask.height) / height) * mask.width;
    for (let x = 0; x < width; x++) {
      data[y * width + x] = mask.data[row + Math.floor((x * mask.width) / width)] as number;
    }
  }
  return { data, width, height };
}

/** An image [1, C, …] in [-1, 1] with mid-grey (0) wherever the mask [1, 1, …] is at least one half. */
export function hideMasked(image: Planes, mask: Planes): Planes {
  const area = image.width * image.height;
  if (mask.data.length !== area) {
    throw new TypeError(`mask: expected ${image.width}×${image.height}, got ${mask.width}×${mask.height}`);
  }
  return {
    ...image,
    data: image.data.map((value, i) => ((mask.data[i % area] as number) < 0.5 ? value : 0)),
  };
}

/** Where the mask [1, 1, …] is 1 the first, where it is 0 the second, both [1, C, …]. */
export function blendByMask(mask: Float32Array, inside: Float32Array, outside: Float32Array): Float32Array {
  return inside.map((value, i) => {
    const weight = mask[i % mask.length] as number;
    return weight * value + (1 - weight) * (outside[i] as number);
  });
}

/** Channels of one after channels of the other. */
export function joinChannels(...parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Starting latents of a full run. */
export function pureNoise({ initNoiseSigma }: Schedule, noise: Float32Array): Float32Array {
  return weightedSum([initNoiseSigma, noise]);
}

/** Clean latents carried to the noise level of an evaluation; past the last one they stay clean. */
export function noised(
  schedule: Schedule,
  index: number,
  { latent, noise }: { readonly latent: Float32Array; readonly noise: Float32Array },
): Float32Array {
  return index < schedule.timesteps.length ? diffuse(latent, noise, levelAt(schedule, index)) : latent;
}

/** Evaluations per step, by which a run's beginning is counted: Heun takes two. */
const evaluationsPerStep: Readonly<Record<string, number>> = { HeunDiscreteScheduler: 2 };

/**
 * Index of the first evaluation when only the last `strength` of the steps, but at least one, is run.
 * @param strength in (0, 1]
 */
export function beginOf({ config, steps }: Schedule, strength: number): number {
  if (!(strength > 0 && strength <= 1))
    throw new TypeError(`strength: expected a number in (0, 1], got ${strength}`);
  const run = Math.max(1, Math.trunc(steps * strength));
  const begin = (steps - run) * (evaluationsPerStep[config._class_name] ?? 1);
  // PNDM's Runge-Kutta start is three blocks of four evaluations, and a block is whole or not run at all.
  const isBlock = config._class_name === 'PNDMScheduler' && !config.skip_prk_steps && begin < 12;
  return isBlock ? begin - (begin % 4) : begin;
}
