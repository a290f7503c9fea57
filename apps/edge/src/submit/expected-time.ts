import type { ModelFamily, PricedWork } from '@darkroom/shared/pricing';

/**
 * Milliseconds: a fixed part, each step, and each megapixel of a picture. The embedded model’s are from two
 * processor cores, where 12 steps of a 12 megapixel edit take 5.8 s; those of public models, which run on GPUs, only say that
 * they take longer, and count until a worker has told how long.
 */
const times: Readonly<Record<ModelFamily, { readonly stepMs: number; readonly megapixelMs: number }>> = {
  embedded: { stepMs: 150, megapixelMs: 250 },
  'instruct-pix2pix': { stepMs: 400, megapixelMs: 250 },
  'stable-diffusion': { stepMs: 400, megapixelMs: 250 },
  vision: { stepMs: 0, megapixelMs: 250 },
};
const fixedMs = 1000;

/** How long a job is expected to hold a slot: what fairness and waiting times count in. */
export function expectedMs({ family, steps, pictures, width, height }: PricedWork): number {
  const { stepMs, megapixelMs } = times[family];
  const pictureMs = steps * stepMs + (width * height * megapixelMs) / 1e6;
  return Math.round(fixedMs + pictures * pictureMs);
}
