/** From a picture to what a vision tower reads, by the rules of transformers' `preprocessor_config.json`. */
import { z } from 'zod';
import { flattenAlpha, type Raster } from '../image/raster.ts';
import type { Size } from '../image/resize.ts';
import { antialiasedResize, type Window } from './antialiased-resize.ts';

const side = z.int().positive().max(4096);
const Square = z.object({ height: side, width: side });
const ShortSide = z.object({ shortest_edge: side });
const numbers = z.tuple([z.number(), z.number(), z.number()]);

/**
 * `preprocessor_config.json` of CLIP, OWL-ViT and BLIP. A bare number as size is the shorter side where the middle is cut
 * out, else both sides; old files write pairs.
 */
export const PictureTensorConfig = z
  .object({
    do_resize: z.literal(true).default(true),
    do_rescale: z.literal(true).default(true),
    do_normalize: z.literal(true).default(true),
    /** To which size: both sides, or the shorter one, keeping the aspect ratio. */
    size: z.union([side, z.tuple([side, side]), Square, ShortSide]),
    /** Pillow's number of the kernel: 2 bilinear, 3 bicubic. */
    resample: z.literal([2, 3]).default(3),
    do_center_crop: z.boolean().default(false),
    /** What is cut out of the middle. Absent: `size`. */
    crop_size: z.union([side, Square]).optional(),
    /** Factor of the bytes. */
    rescale_factor: z
      .number()
      .positive()
      .default(1 / 255),
    /** Subtracted per channel, after the rescaling. */
    image_mean: numbers.default([0.48145466, 0.4578275, 0.40821073]),
    /** Divides per channel. */
    image_std: numbers.default([0.26862954, 0.26130258, 0.27577711]),
  })
  .transform(({ size, crop_size, do_center_crop: crops, ...rest }) => ({
    ...rest,
    size: typeof size === 'number' && crops ? { shortest_edge: size } : sidesOf(size),
    crop: crops && crop_size !== undefined ? (sidesOf(crop_size) as Size) : undefined,
  }))
  .refine(({ size, crop }) => !crop || Math.max(crop.width, crop.height) <= shortSide(size), {
    error: 'crop_size: expected no more than size',
  });
export type PictureTensorConfig = z.infer<typeof PictureTensorConfig>;

type TargetSize = Size | z.infer<typeof ShortSide>;

function sidesOf(size: number | readonly [number, number] | TargetSize): TargetSize {
  if (typeof size === 'number') return { width: size, height: size };
  return 'length' in size ? { height: size[0], width: size[1] } : size;
}

function shortSide(size: TargetSize): number {
  return 'shortest_edge' in size ? size.shortest_edge : Math.min(size.width, size.height);
}

/** A picture as a network's input. */
export interface PictureTensor extends Size {
  /** Normalised, [1, 3, height, width]. */
  readonly pixels: Float32Array;
}

/** Resizes, cuts and normalises a picture; alpha is laid on white. */
export function pictureTensor(raster: Raster, config: PictureTensorConfig): PictureTensor {
  const whole = resizedSize(raster, config.size);
  const window = middleOf(whole, config.crop ?? whole);
  const kernel = config.resample === 2 ? 'bilinear' : 'bicubic';
  const { width, height, data } = antialiasedResize(flattenAlpha(raster), whole, { kernel, window });
  const area = width * height;
  const pixels = new Float32Array(area * 3);
  for (let c = 0; c < 3; c++) {
    const [mean, deviation] = [config.image_mean[c] as number, config.image_std[c] as number];
    for (let i = 0; i < area; i++) {
      pixels[c * area + i] = ((data[i * 3 + c] as number) * config.rescale_factor - mean) / deviation;
    }
  }
  return { width, height, pixels };
}

/** The longer side is cut, not rounded, as in the reference. */
function resizedSize({ width, height }: Size, size: TargetSize): Size {
  if (!('shortest_edge' in size)) return size;
  const short = size.shortest_edge;
  return width <= height
    ? { width: short, height: Math.floor((short * height) / width) }
    : { width: Math.floor((short * width) / height), height: short };
}

function middleOf(whole: Size, { width, height }: Size): Window {
  return {
    left: Math.floor((whole.width - width) / 2),
    top: Math.floor((whole.height - height) / 2),
    width,
    height,
  };
}
