/** Where a patient user clicks, as Segment Anything is measured (Kirillov et al. 2023, appendix D.1). */
import { type BinaryMask, connectedParts } from '@darkroom/gpu-worker/vision/binary-mask';
import type { Click } from '@darkroom/gpu-worker/vision/sam-prompt';
import { deepestPixel, squaredDepth } from '../../compositions/interior.ts';

/** In the middle of the thing: the pixel farthest from what is not of it. Undefined for an empty mask. */
export function firstClick(wanted: BinaryMask): Click | undefined {
  return clickInside(wanted, true);
}

/**
 * In the middle of the largest connected part that is wrong: one that was left out, or one that was taken too much.
 * Undefined where nothing is wrong.
 */
export function nextClick(wanted: BinaryMask, answer: BinaryMask): Click | undefined {
  const missing = largestPart({
    ...wanted,
    data: wanted.data.map((in1, i) => in1 & ~(answer.data[i] as number)),
  });
  const excess = largestPart({
    ...answer,
    data: answer.data.map((in1, i) => in1 & ~(wanted.data[i] as number)),
  });
  return missing.area >= excess.area ? clickInside(missing.mask, true) : clickInside(excess.mask, false);
}

function largestPart(mask: BinaryMask): { readonly mask: BinaryMask; readonly area: number } {
  const { labels, areas } = connectedParts(mask, 1);
  const area = areas.reduce((largest, other) => Math.max(largest, other), 0);
  const label = areas.indexOf(area);
  return {
    mask: { ...mask, data: Uint8Array.from(labels, (other) => Number(area > 0 && other === label)) },
    area,
  };
}

function clickInside(mask: BinaryMask, isInside: boolean): Click | undefined {
  const deepest = deepestPixel(squaredDepth(mask.data, mask));
  if (deepest === undefined) return undefined;
  return { x: (deepest % mask.width) + 0.5, y: Math.floor(deepest / mask.width) + 0.5, isInside };
}
