/** Where a patient user clicks, as Segment Anything is measured (Kirillov et al. 2023, appendix D.1). */
import { type BinaryMask, connectedParts } from '@darkroom/gpu-worker/vision/binary-mask';
import type { Click } from '@darkroom/gpu-worker/vision/sam-prompt';
import { deepestPixel, squaredDepth } from './interior.ts';

/** In the middle of the thing: the pixel farthest from what is not of it. Undefined for an empty mask. */
export function firstClick(wanted: BinaryMask): Click | undefined {
  return clickInside(wanted, true);
}

/**
 * In the middle of the largest connected part that is wrong: one that was left out, or one that was taken too much.
 * Undefined where nothing is wrong.
 */
export function nextClick(wanted: BinaryMask, answer: BinaryMask): Click | undefined {
  const missing = largestPart(without(wanted, answer));
  const excess = largestPart(without(answer, wanted));
  return missing.area >= excess.area ? clickInside(missing.mask, true) : clickInside(excess.mask, false);
}

/** What the first mask has and the second has not. */
function without(mask: BinaryMask, other: BinaryMask): BinaryMask {
  return { ...mask, data: mask.data.map((isInside, i) => isInside & ~(other.data[i] as number)) };
}

function largestPart(mask: BinaryMask): { readonly mask: BinaryMask; readonly area: number } {
  const { labels, areas } = connectedParts(mask, 1);
  const area = areas.reduce((largest, other) => Math.max(largest, other), 0);
  if (area === 0) return { mask, area };
  const label = areas.indexOf(area);
  const data = new Uint8Array(mask.data.length);
  for (let i = 0; i < data.length; i++) data[i] = labels[i] === label ? 1 : 0;
  return { mask: { ...mask, data }, area };
}

function clickInside(mask: BinaryMask, isInside: boolean): Click | undefined {
  const deepest = deepestPixel(squaredDepth(mask.data, mask));
  if (deepest === undefined) return undefined;
  return { x: (deepest % mask.width) + 0.5, y: Math.floor(deepest / mask.width) + 0.5, isInside };
}
