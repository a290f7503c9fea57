import { describe, expect, it } from 'vitest';
import type { Raster } from '../image/raster.ts';
import { fromLetterbox, letterboxOf, letterboxPixels } from './letterbox.ts';

/** 4 × 2 pixels, red 10 to 80 in reading order. */
const picture: Raster = {
  width: 4,
  height: 2,
  channels: 3,
  data: Uint8Array.from({ length: 24 }, (_, i) => (i % 3 === 0 ? 10 * (i / 3 + 1) : i % 3)),
};

describe('a picture in a square', () => {
  it('lies in the middle with black above and below', () => {
    const box = letterboxOf(picture, 4);
    expect(box).toMatchObject({ left: 0, top: 1, scaled: { width: 4, height: 2 } });
    const pixels = letterboxPixels(picture, box);
    expect([...pixels.subarray(0, 16)]).toEqual([0, 0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80, 0, 0, 0, 0]);
    expect([...pixels.subarray(16, 24)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  it('is mirrored with its margins where that is asked for', () => {
    const pixels = letterboxPixels(picture, letterboxOf(picture, 4, true));
    expect([...pixels.subarray(4, 8)]).toEqual([40, 30, 20, 10]);
  });

  it.each([false, true])('gives boxes back in its own pixels (mirrored: %s)', (mirrored) => {
    const size = { width: 300, height: 700 };
    const box = letterboxOf(size, 512, mirrored);
    // A quarter of the way into the picture, which is 219 pixels wide in the square and begins at 146.
    const edges: [number, number] = mirrored ? [512 - 256, 512 - 201] : [201, 256];
    const [x0, y0, x1, y1] = fromLetterbox([edges[0], 0, edges[1], 512], box, size);
    expect(x0).toBeCloseTo((55 / 219) * 300, 6);
    expect(x1).toBeCloseTo((110 / 219) * 300, 6);
    expect([y0, y1]).toEqual([0, 700]);
  });

  it('never vanishes', () => {
    expect(letterboxOf({ width: 4000, height: 1 }, 512).scaled).toEqual({ width: 512, height: 1 });
  });
});
