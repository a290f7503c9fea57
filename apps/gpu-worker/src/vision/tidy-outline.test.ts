import { expect, it } from 'vitest';
import type { BinaryMask } from './binary-mask.ts';
import { tidyOutline } from './tidy-outline.ts';

const [width, height] = [40, 30];

/** 1 in each of the rectangles [left, top, right, bottom], then 0 in each hole. */
function maskOf(
  parts: readonly (readonly number[])[],
  holes: readonly (readonly number[])[] = [],
): BinaryMask {
  const data = new Uint8Array(width * height);
  for (const [value, boxes] of [[1, parts] as const, [0, holes] as const])
    for (const [left = 0, top = 0, right = 0, bottom = 0] of boxes)
      for (let y = top; y < bottom; y++) data.fill(value, y * width + left, y * width + right);
  return { width, height, data };
}

it('keeps the thing and its large parts and holes, and drops specks, pinholes and what lies far outside its box', () => {
  const thing = [10, 5, 30, 20];
  const [speck, pinhole, hole] = [
    [33, 6, 34, 8],
    [15, 8, 16, 10],
    [20, 8, 26, 14],
  ] as const;
  const mask = maskOf([thing, [12, 22, 28, 26], [0, 10, 6, 20], speck], [pinhole, hole]);
  const box = [10, 5, 34, 25] as const;
  expect(tidyOutline(mask, [...box])).toEqual(maskOf([thing, [12, 22, 28, 26]], [hole]));
});

it('leaves an empty outline empty', () => {
  expect(tidyOutline(maskOf([]), [1, 2, 3, 4])).toEqual(maskOf([]));
});
