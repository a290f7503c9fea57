/** Pictures fitted into a square with black margins, and boxes back from it. */
import { flattenAlpha, type Raster } from '../image/raster.ts';
import type { Size } from '../image/resize.ts';
import { antialiasedResize } from './antialiased-resize.ts';
import type { Box } from './boxes.ts';

/** How a picture lies in a square. */
export interface Letterbox {
  readonly side: number;
  /** Size of the picture within the square. */
  readonly scaled: Size;
  readonly left: number;
  readonly top: number;
  /** Whether left and right were exchanged. */
  readonly mirrored: boolean;
}

/** The longer side fills the square, the picture lies in its middle. */
export function letterboxOf({ width, height }: Size, side: number, mirrored = false): Letterbox {
  const scale = side / Math.max(width, height);
  const scaled = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
  const left = Math.floor((side - scaled.width) / 2);
  const top = Math.floor((side - scaled.height) / 2);
  return { side, scaled, left, top, mirrored };
}

/** sRGB values from 0 to 255 of the square, planes of red, green and blue; alpha is laid on white. */
export function letterboxPixels(raster: Raster, box: Letterbox): Float32Array {
  const { side, scaled, left, top, mirrored } = box;
  const { data } = antialiasedResize(flattenAlpha(raster), scaled, { kernel: 'bilinear' });
  const pixels = new Float32Array(3 * side * side);
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < scaled.height; y++) {
      const row = (channel * side + top + y) * side;
      for (let x = 0; x < scaled.width; x++) {
        const column = left + x;
        const value = data[(y * scaled.width + x) * 3 + channel] as number;
        pixels[row + (mirrored ? side - 1 - column : column)] = value;
      }
    }
  }
  return pixels;
}

/** A box of the square in pixels of the picture, whose size is given. */
export function fromLetterbox([x0, y0, x1, y1]: Box, box: Letterbox, { width, height }: Size): Box {
  const { side, scaled, left, top, mirrored } = box;
  const [from, to] = mirrored ? [side - x1, side - x0] : [x0, x1];
  const [across, down] = [width / scaled.width, height / scaled.height];
  return [(from - left) * across, (y0 - top) * down, (to - left) * across, (y1 - top) * down];
}
