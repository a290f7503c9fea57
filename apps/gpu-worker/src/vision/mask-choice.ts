/** Choosing among masks of everything by clicks, a box or words: how FastSAM (Zhao et al. 2023, section 3.2) takes prompts. */
import { type BinaryMask, maskArea } from './binary-mask.ts';
import type { Box } from './boxes.ts';
import type { Click } from './sam-prompt.ts';

/** Whether a mask has the pixel under a click; a click at the far edge is on the last pixel. */
export function holds({ width, height, data }: BinaryMask, { x, y }: Pick<Click, 'x' | 'y'>): boolean {
  const [column, row] = [Math.min(width - 1, Math.floor(x)), Math.min(height - 1, Math.floor(y))];
  return data[row * width + column] !== 0;
}

/**
 * Masks under the clicks, painted from the largest to the smallest: a click on the object paints every mask that it lies in
 * and no other click excludes, a click beside the object takes its masks away. Where every mask of a click on the object
 * also holds one beside it, the smallest is painted, and what is smaller still is taken away from it. Undefined where there
 * are no masks.
 *
 * The reference lets the last click in a mask decide, so that its answer depends on the order of the clicks; here none does.
 */
export function maskOfClicks(masks: readonly BinaryMask[], clicks: readonly Click[]): BinaryMask | undefined {
  const [first] = masks;
  if (!first) return undefined;
  const { width, height } = first;
  const data = new Uint8Array(width * height);
  for (const { mask, value } of strokes(masks, clicks)) {
    for (let i = 0; i < data.length; i++) if (mask.data[i] !== 0) data[i] = value;
  }
  return { width, height, data };
}

/** What is painted over what came before: 1 for the object, 0 for what is beside it. */
function strokes(masks: readonly BinaryMask[], clicks: readonly Click[]) {
  const under = masks
    .map((mask) => ({ mask, held: clicks.filter((click) => holds(mask, click)), area: maskArea(mask) }))
    .filter(({ held }) => held.length > 0)
    .sort((a, b) => b.area - a.area);
  const clean = under.filter(({ held }) => held.every(({ isInside }) => isInside));
  const beside = under.filter(({ held }) => held.every(({ isInside }) => !isInside));
  const painted = new Set(clean);
  for (const click of clicks) {
    if (!click.isInside || clean.some(({ held }) => held.includes(click))) continue;
    const smallest = under.findLast(({ held }) => held.includes(click));
    if (smallest) painted.add(smallest);
  }
  return under
    .filter((one) => painted.has(one) || beside.includes(one))
    .map((one) => ({ mask: one.mask, value: Number(painted.has(one)) }));
}

/** Index of the mask that overlaps the box best, of the whole mask and the whole box; undefined where none meets it. */
export function maskOfBox(masks: readonly BinaryMask[], box: Box): number | undefined {
  const overlaps = masks.map((mask) => overlapWithBox(mask, box));
  const best = overlaps.indexOf(Math.max(...overlaps));
  return (overlaps[best] ?? 0) > 0 ? best : undefined;
}

/** Intersection over union of a mask and a box; a pixel is in the box if its centre is. */
function overlapWithBox(mask: BinaryMask, box: Box): number {
  const { width, height, data } = mask;
  const [left, right] = [box[0], box[2]].map((x) => pixelsBefore(x, width)) as [number, number];
  const [top, bottom] = [box[1], box[3]].map((y) => pixelsBefore(y, height)) as [number, number];
  let both = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) both += data[y * width + x] as number;
  }
  const either = maskArea(mask) + (right - left) * (bottom - top) - both;
  return either > 0 ? both / either : 0;
}

/** Pixels whose centres come before a place. */
function pixelsBefore(place: number, length: number): number {
  return Math.min(length, Math.max(0, Math.ceil(place - 0.5)));
}

/** Masks of so few pixels show nothing that words could be about. */
const leastArea = 100;

/**
 * Index of the mask whose part of the picture fits the words best; undefined where all are too small to tell.
 * @param areas pixels of each mask
 * @param similarityOf how well the words fit a mask's part of the picture, given the mask's index
 */
export async function maskOfWords(
  areas: readonly number[],
  similarityOf: (index: number) => Promise<number>,
): Promise<number | undefined> {
  let best: { readonly index: number; readonly similarity: number } | undefined;
  for (const [index, area] of areas.entries()) {
    if (area <= leastArea) continue;
    const similarity = await similarityOf(index);
    if (!best || similarity > best.similarity) best = { index, similarity };
  }
  return best?.index;
}
