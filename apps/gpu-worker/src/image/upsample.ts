import { setImmediate as nextTurn } from 'node:timers/promises';
import { refuseAborted } from '../refuse-aborted.ts';
import { fitBilateralGrid } from './bilateral-fit.ts';
import { createRowSlicer, sliceBilateralGrid } from './bilateral-grid.ts';
import { editCorrection } from './edit-correction.ts';
import type { Plane } from './plane-blur.ts';
import { compensateEnlarging, createRowEnlarger, shrinkPlane } from './plane-resample.ts';
import { assertFloat32Image, assertRaster, type Float32Image, type Raster } from './raster.ts';

/** An edit at a model's resolution, and the photo to carry it to. */
export interface EditPair {
  /**
   * The photo at the model's resolution. It must have gone through the same autoencoder as `after`: losses that both
   * share cancel out, losses of `after` alone look like an edit that destroyed detail.
   */
  readonly before: Float32Image;
  /** The edited picture, the size of `before`. */
  readonly after: Float32Image;
  /** The photo at full resolution, same aspect ratio up to rounding, any size; alpha is carried over as it is. */
  readonly original: Raster;
  /** Called with the finished fraction, in (0, 1], about every hundredth of the way. */
  readonly onProgress?: (fraction: number) => void;
  /** Stops the work at the next of its pauses. */
  readonly signal?: AbortSignal | undefined;
}

/** Pixels between two pauses, some hundredths of a second. */
const bandPixels = 2 ** 17;

/**
 * Carries an edit made at a low resolution to the full-size photo: a bilateral grid of affine colour maps fitted to the
 * low-resolution pair is applied to the photo's own pixels; what the maps cannot express (lines, new content) is
 * added from the enlarged residual, and where the edit took detail away the enlarged edited picture shows instead.
 * Equal `before` and `after` give the original's bytes. The event loop gets its turn between the parts of the work.
 * @throws TypeError where sizes and buffers disagree or `after` holds NaN; canceled when the signal is aborted
 */
export async function upsampleEdit(pair: EditPair): Promise<Raster> {
  const { before, after, original, onProgress, signal } = pair;
  assertRaster(original, 'original');
  assertFloat32Image(before, 'before');
  assertFloat32Image(after, 'after');
  const { width, height, channels } = original;
  const mapRow = await createRowMapper(pair);
  const data = original.data.slice();
  const progressRows = Math.max(1, Math.floor(height / 100));
  const bandRows = Math.max(1, Math.floor(bandPixels / width));
  for (let y = 0; y < height; y++) {
    if (y % bandRows === 0) await pause(signal);
    mapRow(y, data.subarray(y * width * channels, (y + 1) * width * channels));
    if (y === height - 1 || y % progressRows === 0) onProgress?.((y + 1) / height);
  }
  return { width, height, channels, data };
}

/** Fits the edit; what comes back edits row `y` of the photo in place. */
async function createRowMapper({ before, after, original, signal }: EditPair) {
  const { width, height, channels } = original;
  const goal = clampImage(after);
  const grid = fitBilateralGrid(before, goal);
  await pause(signal);
  const correction = editCorrection(goal, sliceBilateralGrid(grid, before));
  const slicer = createRowSlicer(grid, width, height);
  const corrector = createRowCorrector(correction, width, height);
  const colours = new Float32Array(width * 3);
  const mapped = new Float32Array(width * 3);
  return (y: number, row: Uint8Array): void => {
    readColours(row, channels, colours);
    slicer.slice(y, colours, mapped);
    corrector(y, mapped);
    writeColours(mapped, channels, row);
  };
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await nextTurn();
  refuseAborted(signal);
}

function clampImage(image: Float32Image): Float32Image {
  const broken = image.data.findIndex((value) => Number.isNaN(value));
  if (broken >= 0) throw new TypeError(`after: expected numbers, got NaN at value ${broken}`);
  return { ...image, data: image.data.map((value) => Math.min(1, Math.max(0, value))) };
}

/** Applies the enlarged correction to rows of mapped colours, in place; rows that need none are left alone. */
function createRowCorrector(
  correction: Plane,
  width: number,
  height: number,
): (y: number, mapped: Float32Array) => void {
  const isEnlarged = width >= 2 * correction.width && height >= 2 * correction.height;
  const plane = isEnlarged ? compensateEnlarging(correction) : shrinkPlane(correction, width, height);
  const enlarger = createRowEnlarger(plane, width, height);
  const values = new Float32Array(width * 4);
  return (y, mapped) => {
    enlarger.row(y, values);
    for (let at = 0, from = 0; at < mapped.length; at += 3, from += 4) {
      const keep = values[from] as number;
      mapped[at] = keep * unit(mapped[at] as number) + (values[from + 1] as number);
      mapped[at + 1] = keep * unit(mapped[at + 1] as number) + (values[from + 2] as number);
      mapped[at + 2] = keep * unit(mapped[at + 2] as number) + (values[from + 3] as number);
    }
  };
}

function unit(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function readColours(row: Uint8Array, channels: number, colours: Float32Array): void {
  for (let from = 0, to = 0; to < colours.length; from += channels, to += 3) {
    colours[to] = (row[from] as number) / 255;
    colours[to + 1] = (row[from + 1] as number) / 255;
    colours[to + 2] = (row[from + 2] as number) / 255;
  }
}

function writeColours(colours: Float32Array, channels: number, row: Uint8Array): void {
  for (let from = 0, to = 0; from < colours.length; from += 3, to += channels) {
    row[to] = unit(colours[from] as number) * 255 + 0.5;
    row[to + 1] = unit(colours[from + 1] as number) * 255 + 0.5;
    row[to + 2] = unit(colours[from + 2] as number) * 255 + 0.5;
  }
}
