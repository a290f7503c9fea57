/** Whether a thing became the colour that was asked for. */

import type { Raster } from '@darkroom/gpu-worker/image/raster';
import { toFloat32Image } from '@darkroom/gpu-worker/image/raster';
import type { BinaryMask } from '@darkroom/gpu-worker/vision/binary-mask';
import type { ColourId } from '../../edits.ts';
import { hueDistance, hueOf, labOf } from '../../teachers/lab.ts';
import { namedColours } from '../../teachers/object-edits.ts';

/** How far a mean colour must come nearer to the named one, in the (a*, b*) plane. */
const leastApproach = 8;
/** Or how near its hue may lie, in degrees, where it has this much chroma and came nearer at all. */
const [mostHueDistance, leastChroma] = [40, 10];

export interface ColourMove {
  /** Mean a* and b* of the thing. */
  readonly before: readonly [a: number, b: number];
  readonly after: readonly [a: number, b: number];
  /** How much nearer to the named colour it came, in units of CIELAB. */
  readonly approach: number;
  readonly ok: boolean;
}

/** Compares the mean colour of a thing's pixels in two pictures with a named colour. */
export function colourMove(before: Raster, after: Raster, mask: BinaryMask, colour: ColourId): ColourMove {
  const target = namedColours[colour];
  const [from, to] = [meanColour(before, mask), meanColour(after, mask)];
  const distance = ([a, b]: readonly [number, number]): number => Math.hypot(a - target.a, b - target.b);
  const approach = distance(from) - distance(to);
  const isOfHue =
    Math.hypot(...to) >= leastChroma &&
    hueDistance(hueOf(...to), hueOf(target.a, target.b)) <= mostHueDistance;
  return { before: from, after: to, approach, ok: approach >= leastApproach || (approach > 0 && isOfHue) };
}

/** Mean a* and b* of the mask's pixels. */
function meanColour(raster: Raster, { data }: BinaryMask): readonly [a: number, b: number] {
  const lab = labOf(toFloat32Image(raster));
  let [a, b, area] = [0, 0, 0];
  for (let pixel = 0; pixel < data.length; pixel++) {
    if (data[pixel] === 0) continue;
    a += lab[3 * pixel + 1] as number;
    b += lab[3 * pixel + 2] as number;
    area += 1;
  }
  return [a / Math.max(1, area), b / Math.max(1, area)];
}

/** Pixels that differ between two pictures, and how many of them lie outside of the mask. */
export function changedPixels(
  before: Raster,
  after: Raster,
  mask: BinaryMask,
): { readonly all: number; readonly outside: number } {
  let [all, outside] = [0, 0];
  for (let pixel = 0; pixel < mask.data.length; pixel++) {
    const isChanged = [0, 1, 2].some(
      (c) => before.data[pixel * before.channels + c] !== after.data[pixel * after.channels + c],
    );
    if (!isChanged) continue;
    all += 1;
    if (mask.data[pixel] === 0) outside += 1;
  }
  return { all, outside };
}
