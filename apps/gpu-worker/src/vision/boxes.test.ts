import { describe, expect, it } from 'vitest';
import {
  type Box,
  boxArea,
  boxFromCentre,
  boxIou,
  boxOverlapShare,
  clipBox,
  generalizedIou,
  scaleBox,
  suppressOverlaps,
} from './boxes.ts';

describe('boxes', () => {
  it('come from centre and size', () => {
    const box = boxFromCentre([9, 9, 0.5, 0.25, 0.5, 0.25], 2);
    expect(box).toEqual([0.25, 0.125, 0.75, 0.375]);
    expect(scaleBox(box, 100, 200)).toEqual([25, 25, 75, 75]);
  });

  it('are cut at the border of the picture', () => {
    const size = { width: 10, height: 5 };
    expect(clipBox([-1, 2, 12, 4], size)).toEqual([0, 2, 10, 4]);
    expect(clipBox([1, -3, 2, 9], size)).toEqual([1, 0, 2, 5]);
    expect(boxArea(clipBox([11, 1, 14, 3], size))).toBe(0);
  });

  it('lie in others by a part of their own area', () => {
    expect(boxOverlapShare([0, 0, 2, 2], [1, 0, 9, 9])).toBe(0.5);
    expect(boxOverlapShare([1, 1, 1, 2], [0, 0, 9, 9])).toBe(0);
  });

  it('overlap by the shared part of their joint area', () => {
    expect(boxIou([0, 0, 2, 2], [1, 1, 3, 3])).toBeCloseTo(1 / 7);
    expect(boxIou([0, 0, 2, 2], [0, 0, 2, 2])).toBe(1);
    expect(boxIou([0, 0, 1, 1], [1, 0, 2, 1])).toBe(0);
    expect(boxIou([1, 1, 1, 1], [1, 1, 1, 1])).toBe(0);
  });

  it('are further apart the emptier the box around them', () => {
    expect(generalizedIou([0, 0, 1, 1], [1, 0, 2, 1])).toBe(0);
    expect(generalizedIou([0, 0, 1, 1], [3, 0, 4, 1])).toBe(-0.5);
    expect(generalizedIou([0, 0, 2, 2], [0, 0, 2, 2])).toBe(1);
    expect(generalizedIou([0, 0, 0, 0], [2, 2, 2, 2])).toBe(-1);
  });

  it('give way to a better one that they overlap too much', () => {
    const at = (left: number, score: number): { box: Box; score: number } => ({
      box: [left, 0, left + 10, 10],
      score,
    });
    // The second overlaps the first by 2/3 and the third by 2/3; the third overlaps the first by 3/7 only.
    const [first, second, third] = [at(0, 0.9), at(2, 0.8), at(4, 0.7)] as const;
    expect(suppressOverlaps([third, second, first], 0.5)).toEqual([first, third]);
    expect(suppressOverlaps([third, second, first], 0.4)).toEqual([first]);
    expect(suppressOverlaps([third, second, first], 0.7)).toEqual([first, second, third]);
  });
});
