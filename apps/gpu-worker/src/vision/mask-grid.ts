/** Where automatic mask generation looks (Kirillov et al. 2023, appendix B): grids of points, and crops of the picture. */
import type { Size } from '../image/resize.ts';
import type { Box } from './boxes.ts';

/** Centres of `perSide` × `perSide` equal cells of the unit square, row by row, as (x, y). */
export function pointGrid(perSide: number): readonly (readonly [x: number, y: number])[] {
  return Array.from({ length: perSide * perSide }, (_, i) => [
    ((i % perSide) + 0.5) / perSide,
    (Math.floor(i / perSide) + 0.5) / perSide,
  ]);
}

/** Points per side of each layer's crops: the whole picture's first, then fewer by a factor with each layer. */
export function gridSides(perSide: number, layers: number, downscale: number): readonly number[] {
  return Array.from({ length: layers + 1 }, (_, layer) => Math.trunc(perSide / downscale ** layer));
}

/** A part of the picture that is looked at by itself. */
export interface Crop {
  /** In whole pixels. */
  readonly box: Box;
  /** 0: the whole picture. */
  readonly layer: number;
}

/**
 * The whole picture, then for each layer i from 1 a grid of 2^i × 2^i crops that overlap.
 * @param overlap part of the picture's shorter side by which neighbours of the first layer overlap; each further layer's
 *   overlap by half as much
 */
export function cropBoxes({ width, height }: Size, layers: number, overlap: number): Crop[] {
  const crops: Crop[] = [{ box: [0, 0, width, height], layer: 0 }];
  for (let layer = 1; layer <= layers; layer++) {
    const perSide = 2 ** layer;
    const shared = Math.trunc((overlap * Math.min(width, height) * 2) / perSide);
    const [w, h] = [width, height].map((side) => Math.ceil((shared * (perSide - 1) + side) / perSide));
    const starts = (length: number): number[] =>
      Array.from({ length: perSide }, (_, i) => (length - shared) * i);
    for (const left of starts(w as number)) {
      for (const top of starts(h as number)) {
        const [right, bottom] = [
          Math.min(left + (w as number), width),
          Math.min(top + (h as number), height),
        ];
        crops.push({ box: [left, top, right, bottom], layer });
      }
    }
  }
  return crops;
}

/**
 * Whether a crop cuts the box off: one of its sides lies within `tolerance` pixels of the crop's, and that is not the
 * picture's own edge.
 */
export function isCutByCrop(box: Box, crop: Box, picture: Size, tolerance = 20): boolean {
  const whole: Box = [0, 0, picture.width, picture.height];
  return box.some((side, i) => {
    const nearCrop = Math.abs(side - (crop[i] as number)) <= tolerance;
    return nearCrop && Math.abs(side - (whole[i] as number)) > tolerance;
  });
}
