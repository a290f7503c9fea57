// Boxes of detections: forms, overlaps and the choice among boxes that overlap.

import type { Size } from '../image/resize.ts';

/** Left, top, right and bottom. */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

/** The box `[centre x, centre y, width, height]` that begins at `at`. */
export function boxFromCentre(values: ArrayLike<number>, at: number): Box {
  const [x, y, width, height] = [0, 1, 2, 3].map((i) => values[at + i] as number) as [
    number,
    number,
    number,
    number,
  ];
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}

/** The box in units that are `x` and `y` times as small. */
export function scaleBox([left, top, right, bottom]: Box, x: number, y: number): Box {
  return [left * x, top * y, right * x, bottom * y];
}

/** The part of the box that is in the picture. */
export function clipBox([left, top, right, bottom]: Box, { width, height }: Size): Box {
  const within = (value: number, most: number): number => Math.min(most, Math.max(0, value));
  return [within(left, width), within(top, height), within(right, width), within(bottom, height)];
}

/** Width times height. */
export const boxArea = ([left, top, right, bottom]: Box): number => (right - left) * (bottom - top);

function shared(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return Math.max(0, width) * Math.max(0, height);
}

/** Of a box's area, the part inside another; 0 for a box without area. */
export function boxOverlapShare(box: Box, other: Box): number {
  const area = boxArea(box);
  return area > 0 ? shared(box, other) / area : 0;
}

/** Shared area as a part of the joint area; 0 for two boxes without area. */
export function boxIou(a: Box, b: Box): number {
  const both = shared(a, b);
  const joint = boxArea(a) + boxArea(b) - both;
  return joint > 0 ? both / joint : 0;
}

/** {@link boxIou}, less the part of the enclosing box that neither covers: tells how far boxes that do not meet are apart. */
export function generalizedIou(a: Box, b: Box): number {
  const joint = boxArea(a) + boxArea(b) - shared(a, b);
  const hull = boxArea([
    Math.min(a[0], b[0]),
    Math.min(a[1], b[1]),
    Math.max(a[2], b[2]),
    Math.max(a[3], b[3]),
  ]);
  return hull > 0 ? boxIou(a, b) - (hull - joint) / hull : 0;
}

/** Non-maximum suppression: the boxes, best first, that overlap no better one by more than `maxIou`. */
export function suppressOverlaps<T extends { readonly box: Box; readonly score: number }>(
  detections: readonly T[],
  maxIou: number,
): T[] {
  const kept: T[] = [];
  for (const detection of detections.toSorted((a, b) => b.score - a.score)) {
    if (kept.every(({ box }) => boxIou(box, detection.box) <= maxIou)) kept.push(detection);
  }
  return kept;
}
