/** What was found in a picture, drawn on it: tinted masks with their contours, boxes, and labels. */
import { type Colour, drawLabels, type TextLabel } from '../image/draw-labels.ts';
import { flattenAlpha, type Raster } from '../image/raster.ts';
import { type BinaryMask, maskBox } from './binary-mask.ts';
import type { Box } from './boxes.ts';
import { distanceInside, thirds } from './mask-distance.ts';
import { decodeRle, type MaskRle } from './mask-rle.ts';

/** Something that is shown. */
export interface OverlayThing {
  /** Its outline, of the picture's size. */
  readonly rle?: MaskRle | undefined;
  /** Drawn where there is no outline, too. */
  readonly box?: Box | undefined;
  readonly label?: string | undefined;
}

/** Colours that stand out from photos and from each other, in the order in which they are given out. */
const palette: readonly Colour[] = [
  [255, 56, 56],
  [0, 166, 237],
  [127, 184, 0],
  [255, 180, 0],
  [170, 80, 230],
  [0, 190, 170],
  [255, 111, 181],
  [140, 100, 60],
];
/** How much of a tinted pixel is the tint. */
const tint = 0.45;
/** Longer side of a picture for each pixel of a line's width. */
const sidePerLine = 400;
/** Size of letters by the width of lines. */
const lettersPerLine = 8;

/** Draws things on a picture, of which alpha is laid on white; the first is drawn last, on top. */
export async function drawOverlay(raster: Raster, things: readonly OverlayThing[]): Promise<Raster> {
  const flat = flattenAlpha(raster);
  const picture: Raster = { ...flat, data: flat.data.slice() };
  const line = Math.max(2, Math.round(Math.max(picture.width, picture.height) / sidePerLine));
  const labels: TextLabel[] = [];
  for (const [index, { rle, box, label }] of [...things.entries()].reverse()) {
    const colour = palette[index % palette.length] as Colour;
    const mask = rle && decodeRle(rle);
    const around = box ?? (mask && maskBox(mask));
    if (mask) drawMask(picture, mask, { colour, line });
    if (box) drawBox(picture, box, { colour, line });
    if (label === undefined || !around) continue;
    labels.push({ text: label, x: around[0], y: around[1] - 1.4 * lettersPerLine * line, ground: colour });
  }
  return drawLabels(picture, labels, lettersPerLine * line);
}

interface Pen {
  readonly colour: Colour;
  /** Width of lines, in pixels. */
  readonly line: number;
}

function drawMask(picture: Raster, mask: BinaryMask, { colour, line }: Pen): void {
  const box = maskBox(mask);
  if (!box) return;
  const distances = distanceInside({ ...mask, box });
  const [left, top, right, bottom] = box;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const distance = distances[y * mask.width + x] as number;
      if (distance > 0) blend(picture, { x, y, colour, share: distance <= thirds * line ? 1 : tint });
    }
  }
}

/** A frame whose outer edge is the box. */
function drawBox(picture: Raster, box: Box, { colour, line }: Pen): void {
  const [left, top, right, bottom] = box.map(Math.round) as [number, number, number, number];
  for (let y = Math.max(0, top); y < Math.min(picture.height, bottom); y++) {
    const isEdge = y < top + line || y >= bottom - line;
    for (let x = Math.max(0, left); x < Math.min(picture.width, right); x++) {
      // Between the sides there is nothing to draw.
      if (!isEdge && x >= left + line && x < right - line) x = right - line;
      blend(picture, { x, y, colour, share: 1 });
    }
  }
}

interface Dot {
  readonly x: number;
  readonly y: number;
  readonly colour: Colour;
  /** Of the colour in the pixel, 0 to 1. */
  readonly share: number;
}

function blend({ width, data }: Raster, { x, y, colour, share }: Dot): void {
  const at = (y * width + x) * 3;
  for (let c = 0; c < 3; c++) {
    const under = data[at + c] as number;
    data[at + c] = Math.round(under + ((colour[c] as number) - under) * share);
  }
}
