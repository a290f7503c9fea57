/** How deep inside a mask its pixels lie: where people click. */
import type { Size } from '../training/view.ts';

/** Anything beyond this is as good as infinite, and still adds up exactly. */
const far = 1e12;

/**
 * Squared Euclidean distance of every pixel to the nearest one that is not in the mask (Felzenszwalb and Huttenlocher
 * 2012); what lies outside the picture is not in it.
 * @param inside 1 for the mask's pixels, else 0
 */
export function squaredDepth(inside: ArrayLike<number>, { width, height }: Size): Float64Array {
  const depth = Float64Array.from({ length: width * height }, (_, i) => (inside[i] ? far : 0));
  for (let x = 0; x < width; x++) transformLine(depth, { start: x, step: width, length: height });
  for (let y = 0; y < height; y++) transformLine(depth, { start: y * width, step: 1, length: width });
  return depth;
}

interface Line {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** The lower envelope of parabolas over one line, with a zero just before and just after it. */
function transformLine(data: Float64Array, { start, step, length }: Line): void {
  const heights = new Float64Array(length + 2);
  for (let i = 0; i < length; i++) heights[i + 1] = data[start + i * step] as number;
  const feet: number[] = [0];
  const borders: number[] = [Number.NEGATIVE_INFINITY];
  for (let q = 1; q < heights.length; q++) {
    let border = crossing(heights, feet.at(-1) as number, q);
    while (border <= (borders.at(-1) as number)) {
      feet.pop();
      borders.pop();
      border = crossing(heights, feet.at(-1) as number, q);
    }
    feet.push(q);
    borders.push(border);
  }
  let k = 0;
  for (let q = 1; q <= length; q++) {
    while (k + 1 < feet.length && (borders[k + 1] as number) < q) k += 1;
    const foot = feet[k] as number;
    data[start + (q - 1) * step] = (q - foot) ** 2 + (heights[foot] as number);
  }
}

/** Where the parabolas over `p` and `q` meet. */
function crossing(heights: Float64Array, p: number, q: number): number {
  return ((heights[q] as number) + q * q - (heights[p] as number) - p * p) / (2 * (q - p));
}

/** Index of the deepest pixel; undefined where the mask is empty. */
export function deepestPixel(depth: Float64Array): number | undefined {
  let best = 0;
  for (let i = 1; i < depth.length; i++) if ((depth[i] as number) > (depth[best] as number)) best = i;
  return (depth[best] as number) > 0 ? best : undefined;
}
