/**
 * What FastSAM's network says (Zhao et al. 2023; YOLOv8-seg with one class), as masks of the picture: every prediction is a
 * box, a confidence and 32 factors of shared prototype masks.
 */
import type { Size } from '../image/resize.ts';
import type { BinaryMask } from './binary-mask.ts';
import { type Box, boxFromCentre, boxIou, suppressOverlaps } from './boxes.ts';
import { aboveThreshold, resizePlane } from './mask-logits.ts';

/** How a picture lies in the network's input: shrunk or enlarged by `gain`, with even borders. */
export interface Letterbox {
  readonly original: Size;
  readonly input: Size;
  readonly gain: number;
  readonly left: number;
  readonly top: number;
}

/** The longer side fills `side`; the shorter gets borders up to the next multiple of `stride`. */
export function letterbox(original: Size, { side = 1024, stride = 32 } = {}): Letterbox {
  const gain = side / Math.max(original.width, original.height);
  const fit = (length: number): readonly [input: number, before: number] => {
    const scaled = Math.round(length * gain);
    const input = Math.ceil(scaled / stride) * stride;
    // An odd border is smaller before than after.
    return [input, Math.floor((input - scaled) / 2)];
  };
  const [[width, left], [height, top]] = [fit(original.width), fit(original.height)];
  return { original, input: { width, height }, gain, left, top };
}

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

/** One mask of the picture. */
export interface FastSamMask {
  /** In pixels of the picture. */
  readonly box: Box;
  readonly score: number;
  readonly mask: BinaryMask;
}

/** Masks of everything, the surest first. */
export function fastSamMasks(
  output: FastSamOutput,
  fit: Letterbox,
  options: FastSamOptions = {},
): FastSamMask[] {
  const { minConfidence = 0.4, maxIou = 0.9, maxMasks = 300 } = options;
  const { predictions, count } = output;
  const sure = Array.from({ length: count }, (_, i) => i).filter(
    (i) => (predictions[4 * count + i] as number) > minConfidence,
  );
  const detections = sure.map((i) => {
    const centred = [0, 1, 2, 3].map((row) => predictions[row * count + i] as number);
    const box = boxFromCentre(centred, 0);
    return { index: i, box, score: predictions[4 * count + i] as number };
  });
  return suppressOverlaps(detections, maxIou)
    .slice(0, maxMasks)
    .map(({ index, box, score }) => {
      const placed = fillPicture(fromLetterbox(box, fit), fit.original);
      return { box: placed, score, mask: assembleMask(output, index, { fit, box: placed }) };
    });
}

/** A box of the network's input in pixels of the picture, cut off at its edges. */
export function fromLetterbox([x0, y0, x1, y1]: Box, { original, gain, left, top }: Letterbox): Box {
  const x = (at: number): number => Math.min(original.width, Math.max(0, (at - left) / gain));
  const y = (at: number): number => Math.min(original.height, Math.max(0, (at - top) / gain));
  return [x(x0), y(y0), x(x1), y(y1)];
}

/** Of a picture's edge, in pixels: boxes that come so near are taken to mean the whole picture, if that overlaps enough. */
const edgeTolerance = 20;
const wholeIou = 0.9;

function fillPicture(box: Box, { width, height }: Size): Box {
  const whole: Box = [0, 0, width, height];
  const [left, top, right, bottom] = box.map((side, i) => {
    const edge = whole[i] as number;
    return Math.abs(side - edge) < edgeTolerance ? edge : side;
  });
  return boxIou([left!, top!, right!, bottom!], whole) > wholeIou ? whole : box;
}

/** Sigmoid of the weighted prototypes without the borders, enlarged to the picture, cut to the box, above one half. */
function assembleMask(
  { predictions, count, prototypes, size }: FastSamOutput,
  index: number,
  { fit, box: [left, top, right, bottom] }: { readonly fit: Letterbox; readonly box: Box },
): BinaryMask {
  const area = size.width * size.height;
  const sums = new Float32Array(area);
  for (let factor = 0; factor < prototypes.length / area; factor++) {
    const weight = predictions[(5 + factor) * count + index] as number;
    for (let i = 0; i < area; i++) {
      sums[i] = (sums[i] as number) + weight * (prototypes[factor * area + i] as number);
    }
  }
  const likely = { ...size, data: sums.map((sum) => 1 / (1 + Math.exp(-sum))) };
  const mask = aboveThreshold(resizePlane(withoutBorders(likely, fit.original), fit.original), 0.5);
  mask.data.forEach((inside, i) => {
    const [x, y] = [i % mask.width, Math.floor(i / mask.width)];
    if (inside && !(x >= left && x < right && y >= top && y < bottom)) mask.data[i] = 0;
  });
  return mask;
}

type Plane = Size & { readonly data: Float32Array };

/** The part of a plane that shows the picture, in whole cells. */
function withoutBorders({ width, height, data }: Plane, original: Size): Plane {
  const gain = Math.min(width / original.width, height / original.height);
  const [left, top] = [(width - original.width * gain) / 2, (height - original.height * gain) / 2];
  const [x0, y0, x1, y1] = [left, top, width - left, height - top].map(Math.trunc) as [
    number,
    number,
    number,
    number,
  ];
  const rows = Array.from({ length: y1 - y0 }, (_, y) =>
    data.subarray((y0 + y) * width + x0, (y0 + y) * width + x1),
  );
  const part = new Float32Array((x1 - x0) * rows.length);
  rows.forEach((row, y) => {
    part.set(row, y * row.length);
  });
  return { width: x1 - x0, height: rows.length, data: part };
}
