// The outline of one thing that was found in a box, without what cannot be of it.
import { type BinaryMask, dropSmallIslands, fillSmallHoles, maskArea } from './binary-mask.ts';
import type { Box } from './boxes.ts';

/** How far a thing may reach over the box in which it was found, as a share of the box’s sides. */
const boxSlack = 0.08;
/** Parts and holes smaller than this share of a thing are noise. */
const speckShare = 0.02;
/** The outline of one thing that was found in a box: without what lies well outside, and without specks and pinholes. */
export function tidyOutline(mask: BinaryMask, [left, top, right, bottom]: Box): BinaryMask {
  const [across, down] = [boxSlack * (right - left), boxSlack * (bottom - top)];
  const { width, height } = mask;
  const data = new Uint8Array(mask.data.length);
  const [first, last] = [Math.max(0, Math.floor(left - across)), Math.min(width, Math.ceil(right + across))];
  for (let y = Math.max(0, Math.floor(top - down)); y < Math.min(height, bottom + down); y++) {
    data.set(mask.data.subarray(y * width + first, y * width + last), y * width + first);
  }
  const inBox = { width, height, data };
  const speck = Math.ceil(speckShare * maskArea(inBox));
  return dropSmallIslands(fillSmallHoles(inBox, speck).mask, speck).mask;
}
