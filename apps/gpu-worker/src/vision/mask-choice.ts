/** Choosing among masks of everything by clicks, a box or words: how FastSAM (Zhao et al. 2023, section 3.2) takes prompts. */
import { type BinaryMask, maskArea } from './binary-mask.ts';
import type { Box } from './boxes.ts';
import type { Click } from './sam-prompt.ts';

/**
 * Masks under the clicks, painted from the largest to the smallest: a click inside the object paints its mask, a click
 * beside it takes its mask away. Undefined where there are no masks.
 */
export function maskOfClicks(masks: readonly BinaryMask[], clicks: readonly Click[]): BinaryMask | undefined {
  const [first] = masks;
  if (!first) return undefined;
  const { width, height } = first;
  const data = new Uint8Array(width * height);
  const largestFirst = masks.map((mask) => ({ mask, area: maskArea(mask) })).sort((a, b) => b.area - a.area);
  for (const { mask } of largestFirst) {
    for (const { x, y, isInside } of clicks) {
      const [column, row] = [Math.min(width - 1, Math.floor(x)), Math.min(height - 1, Math.floor(y))];
      if (mask.data[row * width + column] === 0) continue;
      mask.data.forEach((inside, i) => {
        if (inside) data[i] = Number(isInside);
      });
    }
  }
  return { width, height, data };
}

/** Index of the mask that overlaps the box best, of the whole mask and the whole box; undefined where none meets it. */
export function maskOfBox(masks: readonly BinaryMask[], box: Box): number | undefined {
  const overlaps = masks.map((mask) => overlapWithBox(mask, box));
  const best = overlaps.indexOf(Math.max(...overlaps));
  return (overlaps[best] ?? 0) > 0 ? best : undefined;
}

/** Intersection over union of a mask and a box; a pixel is in the box if its centre is. */
function overlapWithBox(mask: BinaryMask, [left, top, right, bottom]: Box): number {
  let both = 0;
  let [area, boxArea] = [0, 0];
  for (let i = 0; i < mask.data.length; i++) {
    const [x, y] = [(i % mask.width) + 0.5, Math.floor(i / mask.width) + 0.5];
    const isInBox = x >= left && x < right && y >= top && y < bottom;
    const inside = mask.data[i] as number;
    area += inside;
    boxArea += Number(isInBox);
    if (isInBox) both += inside;
  }
  return both / (area + boxArea - both || 1);
}

/** Masks of so few pixels show nothing that words could be about. */
const leastArea = 100;

/**
 * Index of the mask whose part of the picture fits the words best; undefined where all are too small to tell.
 * @param similarityOf how well the words fit a mask's part of the picture, given the mask's index
 */
export async function maskOfWords(
  masks: readonly BinaryMask[],
  similarityOf: (index: number) => Promise<number>,
): Promise<number | undefined> {
  let best: { readonly index: number; readonly similarity: number } | undefined;
  for (const [index, mask] of masks.entries()) {
    if (maskArea(mask) <= leastArea) continue;
    const similarity = await similarityOf(index);
    if (!best || similarity > best.similarity) best = { index, similarity };
  }
  return best?.index;
}
