/**
 * What FastSAM's network says (Zhao et al. 2023; YOLOv8-seg with one class), as masks of the picture: every prediction is a
 * box, a confidence and 32 factors of shared prototype masks.
 */
import type { Size } from '../image/resize.ts';
import type { BinaryMask } from './binary-mask.ts';
import { type Box, boxFromCentre, boxIou, suppressOverlaps } from './boxes.ts';
import { fromLetterbox, type Letterbox } from './fastsam-image.ts';

/** The network's two outputs for one picture. */
export interface FastSamOutput {
  /** [5 + factors, count]: centre x, centre y, width, height, confidence, factors. */
  readonly predictions: Float32Array;
  readonly count: number;
  /** [factors, height, width] */
  readonly prototypes: Float32Array;
  readonly size: Size;
}

/** Which predictions are kept. */
export interface FastSamOptions {
  /** A prediction whose confidence is not above this is dropped. Default 0.4. */
  readonly minConfidence?: number;
  /** Of boxes that overlap more, the better stays. Default 0.9. */
  readonly maxIou?: number;
  /** Default 300. */
  readonly maxMasks?: number;
}

/** A prediction that is kept. */
export interface FastSamDetection {
  /** In pixels of the picture. */
  readonly box: Box;
  readonly score: number;
  /** Which of the network's predictions it is. */
  readonly index: number;
}

/** Boxes of everything, the surest first. */
export function fastSamDetections(
  { predictions, count }: FastSamOutput,
  fit: Letterbox,
  options: FastSamOptions = {},
): FastSamDetection[] {
  const { minConfidence = 0.4, maxIou = 0.9, maxMasks = 300 } = options;
  const sure: FastSamDetection[] = [];
  for (let index = 0; index < count; index++) {
    const score = predictions[4 * count + index] as number;
    if (!(score > minConfidence)) continue;
    const centred = [0, 1, 2, 3].map((row) => predictions[row * count + index] as number);
    sure.push({ index, score, box: boxFromCentre(centred, 0) });
  }
  return suppressOverlaps(sure, maxIou)
    .slice(0, maxMasks)
    .map((detection) => ({ ...detection, box: reachEdges(fromLetterbox(detection.box, fit), fit) }));
}

/** Of a picture's edge, in pixels of the network's input: a side of a box that comes so near is taken to mean the edge. */
const edgeTolerance = 20;
/** A box that overlaps the picture more is taken to mean all of it. */
const wholeIou = 0.9;

/** Boxes of large things tend to end short of the edge, and masks are cut to them. */
function reachEdges(box: Box, { original: { width, height }, gain }: Letterbox): Box {
  const whole: Box = [0, 0, width, height];
  const [left, top, right, bottom] = box.map((side, i) => {
    const edge = whole[i] as number;
    return Math.abs(side - edge) * gain < edgeTolerance ? edge : side;
  });
  const reaching: Box = [left!, top!, right!, bottom!];
  return boxIou(reaching, whole) > wholeIou ? whole : reaching;
}

/** The pixels of the picture in the detection's box where the weighted prototypes, enlarged, are likelier than one half. */
export function fastSamMask(output: FastSamOutput, detection: FastSamDetection, fit: Letterbox): BinaryMask {
  const { width, height } = fit.original;
  const [left, top, right, bottom] = detection.box;
  const across = placesOf({ from: left, to: right, fit, axis: 'width' }, output.size);
  const down = placesOf({ from: top, to: bottom, fit, axis: 'height' }, output.size);
  const data = new Uint8Array(width * height);
  if (across.count === 0 || down.count === 0) return { width, height, data };
  const cells = likelyCells(output, detection.index, { across, down });
  const stride = across.last - across.first + 1;
  for (let y = 0; y < down.count; y++) {
    const at = (down.start + y) * width + across.start;
    const [row, share] = [(down.low[y] as number) * stride, down.share[y] as number];
    const below = Math.min(row + stride, cells.length - stride);
    for (let x = 0; x < across.count; x++) {
      const [column, part] = [across.low[x] as number, across.share[x] as number];
      const next = Math.min(column + 1, stride - 1);
      const upper = (cells[row + column] as number) * (1 - part) + (cells[row + next] as number) * part;
      const lower = (cells[below + column] as number) * (1 - part) + (cells[below + next] as number) * part;
      if (upper * (1 - share) + lower * share > 0.5) data[at + x] = 1;
    }
  }
  return { width, height, data };
}

/** Where the pixels of a box lie among the prototypes' cells, along one axis. */
interface Places {
  /** First pixel. */
  readonly start: number;
  readonly count: number;
  /** First and last cell that they read. */
  readonly first: number;
  readonly last: number;
  /** Cell before each pixel's centre, counted from `first`, and the share of the cell after it. */
  readonly low: Int32Array;
  readonly share: Float64Array;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly fit: Letterbox;
  readonly axis: keyof Size;
}

/** Cells whose centres lie in the borders are never read: masks end there, which would draw them off the picture's edge. */
function placesOf({ from, to, fit, axis }: Span, size: Size): Places {
  const start = Math.max(0, Math.ceil(from));
  const count = Math.max(0, Math.min(fit.original[axis], Math.ceil(to)) - start);
  const cell = fit.input[axis] / size[axis];
  const before = axis === 'width' ? fit.left : fit.top;
  const least = Math.ceil(before / cell - 0.5);
  const most = Math.max(least, Math.floor((before + fit.scaled[axis]) / cell - 0.5));
  const centres = Float64Array.from({ length: count }, (_, i) => {
    const place = ((start + i + 0.5) * fit.gain + before) / cell - 0.5;
    return Math.min(most, Math.max(least, place));
  });
  const first = Math.floor(centres[0] ?? least);
  const last = Math.min(most, Math.floor(centres.at(-1) ?? least) + 1);
  const low = Int32Array.from(centres, (centre) => Math.floor(centre) - first);
  const share = centres.map((centre, i) => centre - first - (low[i] as number));
  return { start, count, first, last, low, share };
}

/** Sigmoid of the weighted prototypes in the cells that a box reads, row by row. */
function likelyCells(
  { predictions, count, prototypes, size }: FastSamOutput,
  index: number,
  { across, down }: { readonly across: Places; readonly down: Places },
): Float32Array {
  const width = across.last - across.first + 1;
  const area = size.width * size.height;
  const sums = new Float32Array(width * (down.last - down.first + 1));
  for (let factor = 0; factor < prototypes.length / area; factor++) {
    const weight = predictions[(5 + factor) * count + index] as number;
    for (let y = down.first; y <= down.last; y++) {
      const from = factor * area + y * size.width + across.first;
      const to = (y - down.first) * width;
      for (let x = 0; x < width; x++) {
        sums[to + x] = (sums[to + x] as number) + weight * (prototypes[from + x] as number);
      }
    }
  }
  return sums.map((sum) => 1 / (1 + Math.exp(-sum)));
}
