// Masks between sizes: one that someone drew as the network takes it, and a small one at a photo's size.
import type { Size } from '../image/resize.ts';
import type { BinaryMask } from './binary-mask.ts';
import { maskOfPicture } from './mask-logits.ts';
import { type Fit, fitSquare } from './sam-image.ts';

/** How sure of it a mask makes the network, in logits: about what its own masks have away from their edge. */
const sureness = 8;

/**
 * A mask of a photo's size as the logits that a prompt carries, [side, side].
 * @param mask one byte a pixel, 255 wholly inside
 */
export function logitsOfMask(mask: BinaryMask, fit: Fit, side: number): Float32Array {
  const logits = new Float32Array(side * side).fill(-sureness);
  const { width, height, data } = mask;
  // Pixels of the photo along each side of an element of the plane.
  const across = (fit.side * width) / (fit.scaled.width * side);
  const down = (fit.side * height) / (fit.scaled.height * side);
  for (let v = 0; v * down < height && v < side; v++) {
    const [top, bottom] = span(v, down, height);
    for (let u = 0; u * across < width && u < side; u++) {
      const [left, right] = span(u, across, width);
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        for (let at = y * width + left; at < y * width + right; at++) sum += data[at] as number;
      }
      const share = sum / (255 * (right - left) * (bottom - top));
      logits[v * side + u] = sureness * (2 * share - 1);
    }
  }
  return logits;
}

/** The same of a mask of ones and zeros. */
export function logitsOfBinary(mask: BinaryMask, fit: Fit, side: number): Float32Array {
  return logitsOfMask({ ...mask, data: mask.data.map((isInside) => 255 * isInside) }, fit, side);
}

/** First pixel of an element, and the one after its last; at least one pixel. */
function span(index: number, pitch: number, length: number): readonly [from: number, to: number] {
  const from = Math.min(length - 1, Math.floor(index * pitch));
  return [from, Math.min(length, Math.max(from + 1, Math.floor((index + 1) * pitch)))];
}

/** A small mask at a larger size, its steps smoothed. */
export function enlargeMask(mask: BinaryMask, size: Size): BinaryMask {
  if (mask.width === size.width && mask.height === size.height) return mask;
  const side = Math.max(mask.width, mask.height);
  const plane = new Float32Array(side * side).fill(-1);
  for (let y = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++) {
      if (mask.data[y * mask.width + x] === 1) plane[y * side + x] = 1;
    }
  }
  const fit: Fit = { ...fitSquare(size, side), scaled: { width: mask.width, height: mask.height } };
  return maskOfPicture({ width: side, height: side, data: plane }, fit);
}
