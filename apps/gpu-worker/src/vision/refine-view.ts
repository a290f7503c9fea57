/** Where a refiner looks, and what it is told: a window around a thing, and the prompts and the answer so far drawn into it. */
import type { Raster } from '../image/raster.ts';
import type { Size } from '../image/resize.ts';
import { guidePlanes } from '../models/sam/refiner.ts';
import type { BinaryMask } from './binary-mask.ts';
import type { Box } from './boxes.ts';
import { cutOut } from './cut-out.ts';
import { type LogitPlane, maskOfPicture } from './mask-logits.ts';
import { byteColours, type Fit, samPixels, toSquare } from './sam-image.ts';
import type { SamPrompt } from './sam-prompt.ts';

/** Sides of the window over those of the thing: what surrounds a thing tells where it ends. */
const usualMargin = 2;
/** Shortest side of a window, in pixels of the picture. */
const leastSide = 48;
/** Logits of the answer so far count no more than this, so that a refiner can overrule them. */
const answerLimit = 4;
/** Radius of a click, in pixels of the guide. */
const clickRadius = 3;

/** An answer at the decoder's size, and how the picture lies in its square. */
export interface PlacedLogits {
  readonly logits: LogitPlane;
  readonly fit: Fit;
}

/** Corners of whatever a prompt and its answer point at, in pixels of the picture; undefined where that is nothing. */
export function extentOf({ points = [], box }: SamPrompt, answer: PlacedLogits): Box | undefined {
  if (box) return box;
  const found = extentOfLogits(answer);
  const clicks = points.filter(({ isInside }) => isInside).map(({ x, y }): Box => [x, y, x, y]);
  const all = found ? [found, ...clicks] : clicks;
  if (all.length === 0) return undefined;
  const side = (i: 0 | 1 | 2 | 3, pick: (...values: number[]) => number): number =>
    pick(...all.map((corners) => corners[i]));
  return [side(0, Math.min), side(1, Math.min), side(2, Math.max), side(3, Math.max)];
}

function extentOfLogits({ logits: { width, height, data }, fit }: PlacedLogits): Box | undefined {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let i = 0; i < data.length; i++) {
    if ((data[i] as number) <= 0) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), y + 1];
  }
  const { original, scaled, side } = fit;
  const [across, down] = [
    (side * original.width) / (width * scaled.width),
    (side * original.height) / (height * scaled.height),
  ];
  const corners: Box = [
    left * across,
    top * down,
    Math.min(right * across, original.width),
    Math.min(bottom * down, original.height),
  ];
  // Logits in the padding alone are of nothing in the picture.
  return corners[2] > corners[0] && corners[3] > corners[1] ? corners : undefined;
}

/** The window around a box, in whole pixels: square where the picture has room. */
export function windowAround([x0, y0, x1, y1]: Box, { width, height }: Size, margin = usualMargin): Box {
  const side = Math.ceil(Math.max(leastSide, margin * Math.max(x1 - x0, y1 - y0)));
  const [left, right] = span((x0 + x1) / 2, side, width);
  const [top, bottom] = span((y0 + y1) / 2, side, height);
  return [left, top, right, bottom];
}

function span(middle: number, side: number, room: number): readonly [from: number, to: number] {
  const length = Math.min(side, room);
  const from = Math.min(room - length, Math.max(0, Math.round(middle - length / 2)));
  return [from, from + length];
}

/** What a refiner of `side` pixels is fed. */
export interface RefineFeeds {
  /** [1, 3, side, side] */
  readonly image: Float32Array;
  /** [1, 3, side / 2, side / 2] */
  readonly guide: Float32Array;
  /** How the window lies in the refiner's square. */
  readonly fit: Fit;
}

/** @param picture of the size that prompt, answer and window are told in, without alpha */
export function refineFeeds(
  picture: Raster,
  { window, prompt, answer, side }: { window: Box; prompt: SamPrompt; answer: PlacedLogits; side: number },
): RefineFeeds {
  const { pixels, fit } = samPixels(cutOut(picture, window), side, byteColours);
  return { image: pixels, guide: drawGuide({ window, prompt, answer }, fit), fit };
}

/** The answer's logits, the box as 1 inside and -1 outside, clicks as discs of 1 or -1; 0 in the padding. */
function drawGuide(
  { window, prompt, answer }: { window: Box; prompt: SamPrompt; answer: PlacedLogits },
  fit: Fit,
): Float32Array {
  const side = fit.side / 2;
  const guide = new Float32Array(guidePlanes * side * side);
  const columns = Math.ceil(fit.scaled.width / 2);
  const rows = Math.ceil(fit.scaled.height / 2);
  const [across, down] = [fit.original.width / fit.scaled.width, fit.original.height / fit.scaled.height];
  const { box, points = [] } = prompt;
  for (let v = 0; v < rows; v++) {
    const y = window[1] + (2 * v + 1) * down;
    for (let u = 0; u < columns; u++) {
      const x = window[0] + (2 * u + 1) * across;
      const at = v * side + u;
      guide[at] = Math.min(answerLimit, Math.max(-answerLimit, logitAt(answer, x, y)));
      if (box) guide[side * side + at] = x >= box[0] && x < box[2] && y >= box[1] && y < box[3] ? 1 : -1;
    }
  }
  for (const { x, y, isInside } of points) {
    const [column, row] = [(x - window[0]) / across / 2, (y - window[1]) / down / 2];
    drawDisc(
      guide.subarray(2 * side * side),
      { column, row, value: isInside ? 1 : -1 },
      { columns, rows, side },
    );
  }
  return guide;
}

/** Bilinear, with half-pixel centres. */
function logitAt({ logits: { width, height, data }, fit }: PlacedLogits, x: number, y: number): number {
  const [across, down] = toSquare(x, y, fit);
  const column = Math.min(width - 1, Math.max(0, (across * width) / fit.side - 0.5));
  const row = Math.min(height - 1, Math.max(0, (down * height) / fit.side - 0.5));
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [right, bottom] = [Math.min(width - 1, left + 1), Math.min(height - 1, top + 1)];
  const mix = (a: number, b: number, share: number): number =>
    (data[a] as number) * (1 - share) + (data[b] as number) * share;
  const upper = mix(top * width + left, top * width + right, column - left);
  const lower = mix(bottom * width + left, bottom * width + right, column - left);
  return upper + (lower - upper) * (row - top);
}

interface Disc {
  readonly column: number;
  readonly row: number;
  readonly value: 1 | -1;
}

function drawDisc(
  plane: Float32Array,
  { column, row, value }: Disc,
  { columns, rows, side }: Readonly<Record<'columns' | 'rows' | 'side', number>>,
): void {
  const first = (middle: number): number => Math.max(0, Math.floor(middle - clickRadius));
  for (let v = first(row); v < rows && v <= row + clickRadius; v++) {
    for (let u = first(column); u < columns && u <= column + clickRadius; u++) {
      if (Math.hypot(u + 0.5 - column, v + 0.5 - row) <= clickRadius) plane[v * side + u] = value;
    }
  }
}

/** The refined window in a picture of `size`, whose sides are `share` times those that the window is told in. */
export function placeWindow(
  logits: LogitPlane,
  fit: Fit,
  { window, size, share }: { window: Box; size: Size; share: number },
): BinaryMask {
  const [left, top, right, bottom] = window.map((value) => Math.round(value * share)) as [
    number,
    number,
    number,
    number,
  ];
  const width = Math.min(size.width, right) - left;
  const height = Math.min(size.height, bottom) - top;
  const part = maskOfPicture(logits, { ...fit, original: { width, height } });
  const data = new Uint8Array(size.width * size.height);
  for (let y = 0; y < height; y++)
    data.set(part.data.subarray(y * width, (y + 1) * width), (top + y) * size.width + left);
  return { width: size.width, height: size.height, data };
}
