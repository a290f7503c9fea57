/** Pictures as Segment Anything takes them, and places in them. */
import { flattenAlpha, type Raster } from '../image/raster.ts';
import type { Size } from '../image/resize.ts';
import { antialiasedResize } from './antialiased-resize.ts';

/** What is subtracted from colours in [0, 1], and what divides them then: red, green, blue. */
export interface ColourScale {
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

/** By the statistics of ImageNet. */
export const imagenetColours: ColourScale = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

/** As bytes, 0 to 255. */
export const byteColours: ColourScale = {
  mean: [0, 0, 0],
  deviation: [1 / 255, 1 / 255, 1 / 255],
};

/** How a picture was fitted into the square that the network takes. */
export interface Fit {
  /** The picture's own size. */
  readonly original: Size;
  /** Its size in the square, at the top left. */
  readonly scaled: Size;
  /** The square's side. */
  readonly side: number;
}

/** The longer side fills the square; the shorter is rounded to a whole pixel. */
export function fitSquare({ width, height }: Size, side: number): Fit {
  const scale = side / Math.max(width, height);
  const scaled = { width: rounded(width * scale), height: rounded(height * scale) };
  return { original: { width, height }, scaled, side };
}

/** A side rounds to at least one pixel, so that no picture vanishes. */
function rounded(length: number): number {
  return Math.max(1, Math.trunc(length + 0.5));
}

/**
 * A picture as the image encoder takes it, [1, 3, side, side]: antialiased bilinear, normalised, and only then filled up
 * with zeros to the right and below. Alpha is laid on white.
 */
export function samPixels(
  raster: Raster,
  side: number,
  colours: ColourScale = imagenetColours,
): { readonly pixels: Float32Array; readonly fit: Fit } {
  const fit = fitSquare(raster, side);
  const { width, height, data } = antialiasedResize(flattenAlpha(raster), fit.scaled, { kernel: 'bilinear' });
  const pixels = new Float32Array(3 * side * side);
  for (let c = 0; c < 3; c++) {
    const [mean, deviation] = [colours.mean[c] as number, colours.deviation[c] as number];
    for (let y = 0; y < height; y++) {
      const to = (c * side + y) * side;
      for (let x = 0; x < width; x++) {
        pixels[to + x] = ((data[(y * width + x) * 3 + c] as number) / 255 - mean) / deviation;
      }
    }
  }
  return { pixels, fit };
}

/** A place in the picture, in pixels of the square. */
export function toSquare(x: number, y: number, { original, scaled }: Fit): readonly [number, number] {
  return [x * (scaled.width / original.width), y * (scaled.height / original.height)];
}
