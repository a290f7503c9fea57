import { describe, expect, it } from 'vitest';
import { cropBoxes, gridSides, isCutByCrop, pointGrid } from './mask-grid.ts';

describe('grid of points', () => {
  it('lies at the centres of equal cells, row by row', () => {
    expect(pointGrid(2)).toEqual([
      [0.25, 0.25],
      [0.75, 0.25],
      [0.25, 0.75],
      [0.75, 0.75],
    ]);
    expect(pointGrid(32)[0]).toEqual([1 / 64, 1 / 64]);
    expect(pointGrid(32)).toHaveLength(1024);
  });

  it('gets coarser with each layer of crops', () => {
    expect(gridSides(32, 2, 2)).toEqual([32, 16, 8]);
    expect(gridSides(32, 1, 1)).toEqual([32, 32]);
  });
});

describe('crops', () => {
  it('begin with the whole picture', () => {
    expect(cropBoxes({ width: 1500, height: 1000 }, 0, 0.3)).toEqual([{ box: [0, 0, 1500, 1000], layer: 0 }]);
  });

  it('overlap by a part of the shorter side', () => {
    expect(cropBoxes({ width: 1500, height: 1000 }, 1, 512 / 1500).slice(1)).toEqual([
      { box: [0, 0, 921, 671], layer: 1 },
      { box: [0, 330, 921, 1000], layer: 1 },
      { box: [580, 0, 1500, 671], layer: 1 },
      { box: [580, 330, 1500, 1000], layer: 1 },
    ]);
  });

  it('of every layer cover the picture', () => {
    const crops = cropBoxes({ width: 101, height: 67 }, 3, 0.2);
    for (const layer of [1, 2, 3]) {
      const boxes = crops.filter((crop) => crop.layer === layer).map(({ box }) => box);
      expect(boxes).toHaveLength(4 ** layer);
      const isCovered = (x: number, y: number): boolean =>
        boxes.some(([left, top, right, bottom]) => x >= left && x < right && y >= top && y < bottom);
      const pixels = Array.from({ length: 67 * 101 }, (_, i) => [i % 101, Math.floor(i / 101)] as const);
      expect(pixels.filter(([x, y]) => !isCovered(x, y))).toEqual([]);
    }
  });

  it('cut off what touches their edges, but for those of the picture', () => {
    const picture = { width: 1500, height: 1000 };
    const crop = [580, 0, 1500, 671] as const;
    expect(isCutByCrop([700, 100, 900, 300], crop, picture)).toBe(false);
    expect(isCutByCrop([595, 100, 900, 300], crop, picture)).toBe(true);
    expect(isCutByCrop([700, 5, 1499, 300], crop, picture)).toBe(false);
    expect(isCutByCrop([700, 100, 900, 652], crop, picture)).toBe(true);
    expect(isCutByCrop([700, 100, 900, 650], crop, picture)).toBe(false);
  });
});
