/** Pictures as FastSAM takes them, and places in them. */
import { flattenAlpha, type Raster } from '../image/raster.ts';
import type { Size } from '../image/resize.ts';
import { type Box, clipBox } from './boxes.ts';
import { resizePlane } from './mask-logits.ts';

/** How a picture lies in the network's input: shrunk or enlarged by `gain`, with even borders. */
export interface Letterbox {
  readonly original: Size;
  readonly input: Size;
  /** The picture's size in the input. */
  readonly scaled: Size;
  readonly gain: number;
  readonly left: number;
  readonly top: number;
}

/** The longer side fills `side`; the shorter gets borders up to the next multiple of `stride`. */
export function letterbox(original: Size, { side = 1024, stride = 32 } = {}): Letterbox {
  const gain = side / Math.max(original.width, original.height);
  const fit = (length: number): readonly [scaled: number, input: number, before: number] => {
    const scaled = Math.max(1, roundToEven(length * gain));
    const input = Math.ceil(scaled / stride) * stride;
    // An odd border is smaller before than after.
    return [scaled, input, Math.floor((input - scaled) / 2)];
  };
  const [across, width, left] = fit(original.width);
  const [down, height, top] = fit(original.height);
  return { original, input: { width, height }, scaled: { width: across, height: down }, gain, left, top };
}

/** Python's rounding. */
function roundToEven(x: number): number {
  const near = Math.round(x);
  return near - x === 0.5 && near % 2 !== 0 ? near - 1 : near;
}

/** A box of the network's input in pixels of the picture, cut off at its edges. */
export function fromLetterbox([x0, y0, x1, y1]: Box, { original, gain, left, top }: Letterbox): Box {
  const place = (at: number, border: number): number => (at - border) / gain;
  return clipBox([place(x0, left), place(y0, top), place(x1, left), place(y1, top)], original);
}

/** Grey of the borders, as a byte. */
const border = 114;

/**
 * A picture as the network takes it, [1, 3, height, width]: resized bilinearly without antialiasing and rounded to bytes,
 * as OpenCV does, with grey borders; then divided by 255. Alpha is laid on white.
 */
export function fastSamPixels(raster: Raster, { input, scaled, left, top }: Letterbox): Float32Array {
  const { width, height, data } = flattenAlpha(raster);
  const area = input.width * input.height;
  const pixels = new Float32Array(3 * area).fill(border / 255);
  const plane = new Float32Array(width * height);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < plane.length; i++) plane[i] = data[3 * i + c] as number;
    const resized = resizePlane({ width, height, data: plane }, scaled).data;
    for (let y = 0; y < scaled.height; y++) {
      const to = c * area + (top + y) * input.width + left;
      const from = y * scaled.width;
      for (let x = 0; x < scaled.width; x++) pixels[to + x] = Math.round(resized[from + x] as number) / 255;
    }
  }
  return pixels;
}
