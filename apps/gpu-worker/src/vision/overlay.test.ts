import { describe, expect, it } from 'vitest';
import type { Raster } from '../image/raster.ts';
import { encodeRle } from './mask-rle.ts';
import { drawOverlay } from './overlay.ts';

const [width, height] = [60, 40];
const grey: Raster = { width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(100) };
/** Inside from (10, 10) to (30, 30). */
const square = encodeRle({
  width,
  height,
  data: Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return Number(x >= 10 && x < 30 && y >= 10 && y < 30);
  }),
});

function pixel({ data }: Raster, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

describe('an overlay', () => {
  it('tints what is inside a mask, draws its contour within, and touches nothing else', async () => {
    const drawn = await drawOverlay(grey, [{ rle: square }]);
    expect(pixel(drawn, 20, 20)).toEqual([170, 80, 80]);
    for (const edge of [10, 11, 28, 29]) expect(pixel(drawn, edge, 20)).toEqual([255, 56, 56]);
    expect(pixel(drawn, 12, 20)).toEqual([170, 80, 80]);
    for (const beside of [9, 30]) expect(pixel(drawn, beside, 20)).toEqual([100, 100, 100]);
    expect(grey.data.every((byte) => byte === 100)).toBe(true);
  });

  it('draws boxes as frames, cut at the border of the picture', async () => {
    const drawn = await drawOverlay(grey, [{ box: [-5, 5, 25, 20] }]);
    expect(pixel(drawn, 0, 5)).toEqual([255, 56, 56]);
    expect(pixel(drawn, 24, 10)).toEqual([255, 56, 56]);
    expect(pixel(drawn, 22, 10)).toEqual([100, 100, 100]);
    expect(pixel(drawn, 0, 10)).toEqual([100, 100, 100]);
    expect(pixel(drawn, 10, 19)).toEqual([255, 56, 56]);
    expect(pixel(drawn, 10, 20)).toEqual([100, 100, 100]);
  });

  it('gives things different colours, the first on top, and writes labels above them', async () => {
    const drawn = await drawOverlay(grey, [
      { box: [20, 25, 50, 38], label: 'cat' },
      { box: [20, 25, 50, 38] },
      { rle: square, label: 'dog' },
    ]);
    expect(pixel(drawn, 20, 25)).toEqual([255, 56, 56]);
    expect(pixel(drawn, 15, 28)).toEqual([127, 184, 0]);
    // The ground of the first label ends where its box begins.
    expect(pixel(drawn, 20, 24)).toEqual([255, 56, 56]);
    expect(pixel(drawn, 5, 20)).toEqual([100, 100, 100]);
  });
});
