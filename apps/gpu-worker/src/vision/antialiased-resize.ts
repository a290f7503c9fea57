/**
 * Resizing as the reference pre-processing does it (Pillow's `Image.resize` on 8-bit pictures), to the bit: the kernel is
 * widened by the reduction, weights are fixed-point numbers, and the picture is rounded to bytes after either pass.
 */
import { assertRaster, type Raster } from '../image/raster.ts';
import type { Size } from '../image/resize.ts';

/** Kernels that pre-processing configurations name. */
export type ResizeKernel = keyof typeof kernels;

/** Part of a resized picture, in its pixels. */
export interface Window extends Size {
  readonly left: number;
  readonly top: number;
}

const kernels = {
  bilinear: { radius: 1, weigh: (x: number): number => Math.max(0, 1 - x) },
  // Keys 1981 with a = -0.5, as polynomials of the distance.
  bicubic: {
    radius: 2,
    weigh: (x: number): number =>
      x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? -0.5 * (((x - 5) * x + 8) * x - 4) : 0,
  },
} as const;

/** Fractional bits of a weight. */
const precision = 22;

/**
 * The picture [height, width, 3] resized to `size`, or only the window of the result that is asked for: costs and memory are
 * the window's.
 *
 * @throws TypeError for a picture with alpha, or a window outside the result
 */
export function antialiasedResize(
  raster: Raster,
  size: Size,
  { kernel, window = { left: 0, top: 0, ...size } }: { kernel: ResizeKernel; window?: Window },
): Raster {
  assertRaster(raster, 'raster');
  if (raster.channels !== 3) throw new TypeError('raster: expected 3 channels, got 4');
  const { left, top, width, height } = window;
  const inside = left >= 0 && top >= 0 && left + width <= size.width && top + height <= size.height;
  if (!inside || width < 1 || height < 1) {
    throw new TypeError(
      `window: expected a part of ${size.width}×${size.height}, got ${width}×${height} at ${left}, ${top}`,
    );
  }
  const across = tapsOf({ from: raster.width, to: size.width, start: left, count: width }, kernel);
  const down = tapsOf({ from: raster.height, to: size.height, start: top, count: height }, kernel);
  const firstRow = Math.min(...down.starts);
  const rows = Math.max(...down.starts.map((start, i) => start + (down.counts[i] as number))) - firstRow;
  const narrowed = resizeRows(raster, across, { firstRow, rows });
  return { width, height, channels: 3, data: resizeColumns(narrowed, down, { firstRow, width }) };
}

/** Source pixels of every pixel along one axis of the window. */
interface Taps {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `reach` per pixel, of which the first `counts[i]` are used. */
  readonly weights: Int32Array;
  readonly reach: number;
}

interface Axis {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly count: number;
}

function tapsOf({ from, to, start, count }: Axis, name: ResizeKernel): Taps {
  const { radius, weigh } = kernels[name];
  const ratio = from / to;
  const widening = Math.max(1, ratio);
  const support = radius * widening;
  const reach = Math.ceil(support) * 2 + 1;
  const taps = {
    starts: new Int32Array(count),
    counts: new Int32Array(count),
    weights: new Int32Array(count * reach),
    reach,
  };
  for (let i = 0; i < count; i++) {
    const centre = (start + i + 0.5) * ratio;
    const low = Math.max(0, Math.trunc(centre - support + 0.5));
    const high = Math.min(from, Math.trunc(centre + support + 0.5));
    const raw = Array.from({ length: high - low }, (_, k) =>
      weigh(Math.abs((low + k - centre + 0.5) / widening)),
    );
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    taps.starts[i] = low;
    taps.counts[i] = high - low;
    raw.forEach((weight, k) => {
      const fixed = (weight / total) * (1 << precision);
      taps.weights[i * reach + k] = Math.trunc(fixed + (fixed < 0 ? -0.5 : 0.5));
    });
  }
  return taps;
}

/** [rows, taps.starts.length, 3] from the source's rows from `firstRow` on. */
function resizeRows(
  { width, data }: Raster,
  { starts, counts, weights, reach }: Taps,
  { firstRow, rows }: { firstRow: number; rows: number },
): Uint8Array {
  const out = new Uint8ClampedArray(rows * starts.length * 3);
  let at = 0;
  for (let row = firstRow; row < firstRow + rows; row++) {
    for (let x = 0; x < starts.length; x++, at += 3) {
      let [r, g, b] = [half, half, half];
      let from = (row * width + (starts[x] as number)) * 3;
      const end = x * reach + (counts[x] as number);
      for (let tap = x * reach; tap < end; tap++, from += 3) {
        const weight = weights[tap] as number;
        r += weight * (data[from] as number);
        g += weight * (data[from + 1] as number);
        b += weight * (data[from + 2] as number);
      }
      out[at] = r >> precision;
      out[at + 1] = g >> precision;
      out[at + 2] = b >> precision;
    }
  }
  return new Uint8Array(out.buffer);
}

/** [taps.starts.length, width, 3] from rows that begin at the source's row `firstRow`. */
function resizeColumns(
  rows: Uint8Array,
  { starts, counts, weights, reach }: Taps,
  { firstRow, width }: { firstRow: number; width: number },
): Uint8Array {
  const length = width * 3;
  const out = new Uint8ClampedArray(starts.length * length);
  const sums = new Int32Array(length);
  for (let y = 0; y < starts.length; y++) {
    sums.fill(half);
    for (let tap = 0; tap < (counts[y] as number); tap++) {
      const weight = weights[y * reach + tap] as number;
      const from = ((starts[y] as number) + tap - firstRow) * length;
      for (let i = 0; i < length; i++) {
        sums[i] = (sums[i] as number) + weight * (rows[from + i] as number);
      }
    }
    for (let i = 0; i < length; i++) out[y * length + i] = (sums[i] as number) >> precision;
  }
  return new Uint8Array(out.buffer);
}

/** Rounds to nearest where the fraction is cut off. */
const half = 1 << (precision - 1);
