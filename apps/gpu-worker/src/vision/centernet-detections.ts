// From CenterNet's maps to boxes (Zhou et al. 2019, section 3.1; sides of the box as in Liu et al. 2019, "TTFNet").
import type { Size } from '../image/resize.ts';
import { mapStride } from '../models/centernet/heads.ts';
import type { Box } from './boxes.ts';

/** One view's answers, at the network's own stride. */
export interface CenternetMaps {
  /** Logits of what is looked for, [rows, height, width]. */
  readonly logits: Float32Array;
  /** Distances to the left, top, right and bottom side, in pixels of the network's picture, [4, height, width]. */
  readonly sides: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** A place where a row is likelier than at its neighbours. */
export interface CentrePeak {
  /** Probability, 0 to 1. */
  readonly score: number;
  /** In pixels of the network's picture; may reach beyond its border. */
  readonly box: Box;
}

/** Places where one row is likelier than `threshold` and no less likely than at any of their eight neighbours. */
export function centrePeaks(maps: CenternetMaps, row: number, threshold: number): CentrePeak[] {
  const { sides, width, height } = maps;
  const area = width * height;
  const plane = maps.logits.subarray(row * area, (row + 1) * area);
  const least = Math.log(threshold / (1 - threshold));
  const peaks: CentrePeak[] = [];
  for (let place = 0; place < area; place++) {
    const logit = plane[place] as number;
    if (!(logit > least)) continue;
    const [x, y] = [place % width, Math.floor(place / width)];
    if (!isPeak(plane, { x, y, width, height })) continue;
    const side = (i: number): number => sides[i * area + place] as number;
    const [centreX, centreY] = [x * mapStride, y * mapStride];
    const box: Box = [centreX - side(0), centreY - side(1), centreX + side(2), centreY + side(3)];
    peaks.push({ score: 1 / (1 + Math.exp(-logit)), box });
  }
  return peaks;
}

function isPeak(plane: Float32Array, { x, y, width, height }: Size & { x: number; y: number }): boolean {
  const value = plane[y * width + x] as number;
  for (let j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); j++) {
    for (let i = Math.max(0, x - 1); i <= Math.min(width - 1, x + 1); i++) {
      if ((plane[j * width + i] as number) > value) return false;
    }
  }
  return true;
}
