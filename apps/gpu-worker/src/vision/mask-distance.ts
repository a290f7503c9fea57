import type { Size } from '../image/resize.ts';
import type { Box } from './boxes.ts';

/** Distances are told in thirds of a pixel. */
export const thirds = 3;
const straight = thirds;
const diagonal = 4;
const farthest = 255;

/** A mask, and a box of whole pixels beyond which it has nothing inside. */
export interface BoxedMask extends Size {
  /** 0 is outside. */
  readonly data: Uint8Array;
  readonly box: Box;
}

/**
 * How far every pixel inside is from the nearest one outside, in thirds of a pixel, at most 255: two passes with the weights 3
 * and 4, within 8 % of the Euclidean distance (Borgefors 1986). 0 outside; the border of the picture is no edge.
 */
export function distanceInside({ width, height, data, box }: BoxedMask): Uint8Array {
  const distances = new Uint8Array(width * height);
  const [left, top, right, bottom] = box;
  /** The least of what a pixel has and what its four neighbours on one side (-1 before, 1 after it) lead to. */
  const settle = (x: number, y: number, side: -1 | 1): void => {
    const at = y * width + x;
    if (data[at] === 0) return;
    let least = side === 1 ? (distances[at] as number) : farthest;
    const beside = x + side;
    const isBesideIn = beside >= 0 && beside < width;
    if (isBesideIn) least = Math.min(least, (distances[at + side] as number) + straight);
    const row = y + side;
    if (row >= 0 && row < height) {
      const over = at + side * width;
      least = Math.min(least, (distances[over] as number) + straight);
      if (x > 0) least = Math.min(least, (distances[over - 1] as number) + diagonal);
      if (x + 1 < width) least = Math.min(least, (distances[over + 1] as number) + diagonal);
    }
    distances[at] = least;
  };
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) settle(x, y, -1);
  for (let y = bottom - 1; y >= top; y--) for (let x = right - 1; x >= left; x--) settle(x, y, 1);
  return distances;
}
