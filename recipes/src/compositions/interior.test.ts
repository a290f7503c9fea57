import { expect, test } from 'vitest';
import { dice } from '../dice.ts';
import { deepestPixel, squaredDepth } from './interior.ts';

test('depth is the distance to the nearest pixel outside, the frame included', () => {
  const size = { width: 13, height: 9 };
  const random = dice(3, 0);
  const inside = Uint8Array.from({ length: 13 * 9 }, () => Number(random() < 0.85));
  const isInside = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < size.width && y < size.height && inside[y * size.width + x] === 1;
  const expected = [...inside.keys()].map((i) => {
    const [x, y] = [i % size.width, Math.floor(i / size.width)];
    let nearest = Number.POSITIVE_INFINITY;
    for (let v = -1; v <= size.height; v++) {
      for (let u = -1; u <= size.width; u++)
        if (!isInside(u, v)) nearest = Math.min(nearest, (u - x) ** 2 + (v - y) ** 2);
    }
    return nearest;
  });
  expect([...squaredDepth(inside, size)]).toEqual(expected);
});

test('the deepest pixel is the middle, and there is none in an empty mask', () => {
  const size = { width: 7, height: 5 };
  expect(deepestPixel(squaredDepth(new Uint8Array(35).fill(1), size))).toBe(2 * 7 + 2);
  expect(deepestPixel(squaredDepth(new Uint8Array(35), size))).toBeUndefined();
});
