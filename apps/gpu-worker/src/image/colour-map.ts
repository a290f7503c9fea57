/** One colour map for a whole region: what an edit made of the places that it changed most, carried to all the others. */
import { assertFloat32Image, assertRaster, type Float32Image, type Raster } from './raster.ts';

/** Red, green and blue as straight lines over brightness, so that light and shade of what is painted stay. */
export interface ColourMap {
  /** Change of red, green and blue with brightness. */
  readonly slopes: readonly number[];
  /** Red, green and blue of black. */
  readonly offsets: readonly number[];
  /** How far the edit moved colours where it moved them most, as a distance in RGB of [0, 1]. */
  readonly strength: number;
}

/** Part of the region that may be changed more than its strength says: single pixels say little. */
const outliers = 0.05;
/** Weight of what is not seen: without differences in brightness a line keeps those that there are. */
const ridge = 0.002;

/**
 * Fits the map of an edit of a region. Places count by the square of how far the edit moved them: an edit that knows what to
 * do and not where has still done it somewhere.
 * @param region weights in [0, 1] of the pixels; those above a half belong to the region
 * @returns undefined where no pixel belongs to it, or none was changed
 * @throws TypeError where sizes differ
 */
export function fitColourMap(
  before: Float32Image,
  after: Float32Image,
  region: Float32Array,
): ColourMap | undefined {
  assertFloat32Image(before, 'before');
  assertFloat32Image(after, 'after');
  if (after.data.length !== before.data.length || region.length * 3 !== before.data.length) {
    throw new TypeError('fitColourMap: expected before, after and region of one size');
  }
  const pixels = [...region.keys()].filter((pixel) => (region[pixel] as number) > 0.5);
  const moves = pixels.map((pixel) => distanceAt(before, after, pixel)).sort((a, b) => a - b);
  const strength = moves[Math.floor(moves.length * (1 - outliers))] ?? 0;
  if (strength === 0) return undefined;
  // Weighted sums of the normal equations of colour = slope · brightness + offset.
  let [weights, ys, yys] = [0, 0, 0];
  const [cs, ycs] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (const pixel of pixels) {
    const weight = Math.min(1, distanceAt(before, after, pixel) / strength) ** 2;
    const y = brightness(before.data, pixel * 3);
    weights += weight;
    ys += weight * y;
    yys += weight * y * y;
    for (let c = 0; c < 3; c++) {
      const colour = after.data[pixel * 3 + c] as number;
      cs[c] = (cs[c] as number) + weight * colour;
      ycs[c] = (ycs[c] as number) + weight * colour * y;
    }
  }
  const spread = yys - (ys * ys) / weights + ridge * weights;
  const slopes = cs.map((sum, c) => ((ycs[c] as number) - (sum * ys) / weights + ridge * weights) / spread);
  const offsets = cs.map((sum, c) => (sum - (slopes[c] as number) * ys) / weights);
  return { slopes, offsets, strength };
}

/** The picture with the map applied wherever `inside` is not 0; alpha stays. */
export function applyColourMap(raster: Raster, inside: Uint8Array, { slopes, offsets }: ColourMap): Raster {
  assertRaster(raster, 'raster');
  const { channels } = raster;
  const data = new Uint8ClampedArray(raster.data);
  for (let pixel = 0; pixel < inside.length; pixel++) {
    if (inside[pixel] === 0) continue;
    const at = pixel * channels;
    const y = brightness(raster.data, at);
    for (let c = 0; c < 3; c++) data[at + c] = (slopes[c] as number) * y + 255 * (offsets[c] as number);
  }
  return { ...raster, data: new Uint8Array(data.buffer) };
}

function distanceAt(before: Float32Image, after: Float32Image, pixel: number): number {
  const move = (c: number): number =>
    (after.data[pixel * 3 + c] as number) - (before.data[pixel * 3 + c] as number);
  return Math.hypot(move(0), move(1), move(2));
}

/** ITU-R BT.601 luma of the colour at `at`. */
function brightness(data: ArrayLike<number>, at: number): number {
  return 0.299 * (data[at] as number) + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number);
}
