import { describe, expect, it } from 'vitest';
import type { Raster } from '../image/raster.ts';
import { fastSamPixels, fromLetterbox, letterbox } from './fastsam-image.ts';

describe('letterbox', () => {
  it('fills the longer side and rounds the shorter up to the stride', () => {
    const wide = letterbox({ width: 1500, height: 1000 });
    expect(wide.input).toEqual({ width: 1024, height: 704 });
    // 1000 · 1024/1500 = 682.67, so 683 rows and 21 of border: 10 before, 11 after.
    expect([wide.left, wide.top]).toEqual([0, 10]);
    expect(letterbox({ width: 512, height: 512 })).toMatchObject({ gain: 2, left: 0, top: 0 });
    expect(letterbox({ width: 9000, height: 2 }).scaled).toEqual({ width: 1024, height: 1 });
  });

  it('rounds halves to even, as Python does', () => {
    expect(letterbox({ width: 2048, height: 1001 }).scaled.height).toBe(500);
    expect(letterbox({ width: 2048, height: 1003 }).scaled.height).toBe(502);
  });

  it('takes boxes back to the picture, cut off at its edges', () => {
    const wide = letterbox({ width: 200, height: 100 }, { side: 64, stride: 64 });
    expect(wide).toMatchObject({ gain: 0.32, left: 0, top: 16, input: { width: 64, height: 64 } });
    expect(fromLetterbox([-5, 24, 32, 56], wide)).toEqual([0, 25, 100, 100]);
  });
});

describe('pixels of FastSAM', () => {
  const raster: Raster = {
    width: 2,
    height: 1,
    channels: 3,
    data: Uint8Array.of(10, 20, 30, 110, 60, 31),
  };

  it('are colours in [0, 1] by channel, resized without antialiasing, between grey borders', () => {
    const fit = letterbox({ width: 2, height: 1 }, { side: 4, stride: 4 });
    const pixels = fastSamPixels(raster, fit);
    const rows = Array.from({ length: 12 }, (_, row) =>
      [...pixels.subarray(row * 4, row * 4 + 4)].map((value) => Math.round(value * 255)),
    );
    const grey = [114, 114, 114, 114];
    // A quarter and three quarters of the way between the two pixels; 30.25 and 30.75 are rounded to bytes.
    expect(rows.slice(0, 4)).toEqual([grey, [10, 35, 85, 110], [10, 35, 85, 110], grey]);
    expect(rows[5]).toEqual([20, 30, 50, 60]);
    expect(rows[9]).toEqual([30, 30, 31, 31]);
    expect(pixels[37]).toBeCloseTo(30 / 255, 7);
  });

  it('take every other pixel of a picture four times as large, without the ones between', () => {
    const stripes: Raster = {
      width: 8,
      height: 8,
      channels: 3,
      data: Uint8Array.from({ length: 192 }, (_, i) => (Math.floor(i / 3) % 8 === 0 ? 255 : 0)),
    };
    const pixels = fastSamPixels(stripes, letterbox({ width: 8, height: 8 }, { side: 2, stride: 2 }));
    expect([...pixels]).toEqual(new Array(12).fill(0));
  });
});
