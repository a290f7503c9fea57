// Masks at full size: which pixels of a photo an edit may touch.
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import { AppError } from '@darkroom/shared/errors';
import type { Planes } from '../diffusion/latents.ts';
import { flattenAlpha, type Raster } from '../image/raster.ts';
import { resizeRaster, type Size } from '../image/resize.ts';
import { maskBox } from '../vision/binary-mask.ts';
import type { Box } from '../vision/boxes.ts';
import { distanceInside, thirds } from '../vision/mask-distance.ts';
import type { KernelContext } from './kernel.ts';

/** One byte a pixel: 0 the photo stays, 255 the edit shows, between them a blend. */
export interface Mask extends Size {
  readonly data: Uint8Array;
}

/** Proof that an edit kept to its mask, counted on the pixels that come back from its file. */
export interface MaskReport {
  readonly insidePixels: number;
  /** Pixels where the mask is 0. */
  readonly outsidePixels: number;
  /** Of these, how many differ from the photo. */
  readonly changedOutside: number;
  /** Whether the file holds every pixel exactly: of one that does not, changes outside are those of its compression. */
  readonly lossless: boolean;
}

/**
 * Reads a mask picture: brightness is the weight.
 * @throws invalid_request when its size is not the photo's; what decoding throws
 */
export async function readMask(image: ImageRef, photo: Size, { read, decode }: KernelContext): Promise<Mask> {
  const picture = await decode(await read(image));
  const { width, height, data } = flattenAlpha(picture, [0, 0, 0]);
  if (width !== photo.width || height !== photo.height) {
    const message = `mask: expected the photo's size ${photo.width}×${photo.height}, got ${width}×${height}`;
    throw new AppError('invalid_request', { message, details: { field: 'mask' } });
  }
  return { width, height, data: brightness(data) };
}

/** ITU-R BT.601 luma of every pixel, which leaves grey as it is. */
function brightness(rgb: Uint8Array): Uint8Array {
  const luma = new Uint8Array(rgb.length / 3);
  for (let pixel = 0, at = 0; pixel < luma.length; pixel++, at += 3) {
    const red = 0.299 * (rgb[at] as number);
    const green = 0.587 * (rgb[at + 1] as number);
    const blue = 0.114 * (rgb[at + 2] as number);
    luma[pixel] = Math.round(red + green + blue);
  }
  return luma;
}

/** The smallest box around all weights above 0; undefined where there is none. */
export function weightBox({ width, height, data }: Mask): Box | undefined {
  return maskBox({ width, height, data: data.map((weight) => Number(weight > 0)) });
}

/** The part of a mask inside a box of whole pixels. */
export function cutOutMask({ width, data }: Mask, [left, top, right, bottom]: Box): Mask {
  const part = new Uint8Array((right - left) * (bottom - top));
  for (let y = top; y < bottom; y++) {
    part.set(data.subarray(y * width + left, y * width + right), (y - top) * (right - left));
  }
  return { width: right - left, height: bottom - top, data: part };
}

/** The mask at a model's size, as planes of 0 and 1: 1 where at least half of it shows the edit. */
export async function maskPlanes({ width, height, data }: Mask, size: Size): Promise<Planes> {
  const grey = new Uint8Array(3 * data.length);
  for (let at = 0; at < grey.length; at++) grey[at] = data[Math.floor(at / 3)] as number;
  const small = await resizeRaster({ width, height, channels: 3, data: grey }, size);
  const planes = Float32Array.from({ length: size.width * size.height }, (_, i) =>
    Number((small.data[3 * i] as number) >= 128),
  );
  return { ...size, data: planes };
}

/** The edit where the mask lets it show; elsewhere the photo's own bytes. Both have the same size and channels. */
export function compositeByMask(photo: Raster, edited: Raster, mask: Mask): Raster {
  const { channels } = photo;
  const data = photo.data.slice();
  for (let pixel = 0; pixel < mask.data.length; pixel++) {
    const weight = mask.data[pixel] as number;
    if (weight === 0) continue;
    for (let at = pixel * channels; at < (pixel + 1) * channels; at++) {
      const below = photo.data[at] as number;
      data[at] = Math.round(below + (((edited.data[at] as number) - below) * weight) / 255);
    }
  }
  return { ...photo, data };
}

/**
 * A mask with a soft edge of `width` pixels, which lies inside: the weight grows with the distance from what is outside, and
 * what was 0 stays 0. The border of the picture is no edge.
 */
export function featherMask(mask: Mask, width: number): Mask {
  if (width === 0) return mask;
  const distances = distanceInside({ ...mask, box: [0, 0, mask.width, mask.height] });
  const full = thirds * (width + 1);
  const data = mask.data.map((weight, at) =>
    // A pixel that may change at all may do so a little.
    weight === 0 ? 0 : Math.max(1, Math.round(weight * Math.min(1, (distances[at] as number) / full))),
  );
  return { ...mask, data };
}

/** The mask with all around it that is at most `width` pixels away, 255 each. */
export function growMask({ width: across, height, data }: Mask, width: number): Mask {
  const outside = data.map((weight) => Number(weight === 0));
  const distances = distanceInside({ width: across, height, data: outside, box: [0, 0, across, height] });
  return { width: across, height, data: distances.map((distance) => (distance <= thirds * width ? 255 : 0)) };
}

/**
 * Counts what changed outside the mask.
 * @param result as it comes back from its file
 */
export function reportMask(photo: Raster, result: Raster, mask: Mask, lossless: boolean): MaskReport {
  const [before, after] =
    photo.channels === result.channels
      ? [photo, result]
      : ([photo, result].map((one) => flattenAlpha(one)) as [Raster, Raster]);
  const { channels } = before;
  let outsidePixels = 0;
  let changedOutside = 0;
  for (let pixel = 0; pixel < mask.data.length; pixel++) {
    if (mask.data[pixel] !== 0) continue;
    outsidePixels += 1;
    for (let at = pixel * channels; at < (pixel + 1) * channels; at++) {
      if (before.data[at] === after.data[at]) continue;
      changedOutside += 1;
      break;
    }
  }
  return { insidePixels: mask.data.length - outsidePixels, outsidePixels, changedOutside, lossless };
}
