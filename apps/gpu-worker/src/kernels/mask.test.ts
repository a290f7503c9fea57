import { describe, expect, it } from 'vitest';
import type { Raster } from '../image/raster.ts';
import { compositeByMask, featherMask, reportMask } from './mask.ts';

const [width, height] = [20, 20];

/** 255 from (5, 5) to (15, 20): the lower border of the picture cuts it. */
const block = {
  width,
  height,
  data: Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return x >= 5 && x < 15 && y >= 5 ? 255 : 0;
  }),
};
const weightAt = ({ data }: { data: Uint8Array }, x: number, y: number) => data[y * width + x];

describe('a feathered mask', () => {
  it('grows softer inwards, and is nothing where it was nothing', () => {
    const soft = featherMask(block, 3);
    // Steps of a quarter: the fourth pixel from the outside is the first that is wholly inside.
    expect([4, 5, 6, 7, 8, 9].map((x) => weightAt(soft, x, 12))).toEqual([0, 64, 128, 191, 255, 255]);
    expect(soft.data.filter((weight) => weight > 0)).toHaveLength(10 * 15);
    expect(weightAt(soft, 10, 19)).toBe(255);
  });

  it('is as it was without a feather, and scales what is grey', () => {
    expect(featherMask(block, 0)).toBe(block);
    const grey = { ...block, data: block.data.map((weight) => Math.min(weight, 100)) };
    expect([5, 6, 8].map((x) => weightAt(featherMask(grey, 3), x, 12))).toEqual([25, 50, 100]);
    const faint = { ...block, data: block.data.map((weight) => Math.min(weight, 1)) };
    expect(weightAt(featherMask(faint, 3), 5, 12)).toBe(1);
  });
});

describe('the report on a mask', () => {
  const photo: Raster = { width, height, channels: 3, data: new Uint8Array(1200).fill(50) };
  const edited: Raster = { ...photo, data: new Uint8Array(1200).fill(200) };

  it('counts the pixels outside that differ from the photo', () => {
    const soft = featherMask(block, 3);
    const kept = compositeByMask(photo, edited, soft);
    expect(reportMask(photo, kept, soft, true)).toEqual({
      insidePixels: 150,
      outsidePixels: 250,
      changedOutside: 0,
      lossless: true,
    });
    expect(reportMask(photo, edited, soft, false)).toMatchObject({ changedOutside: 250, lossless: false });
  });

  it('lays alpha on white where the file has none', () => {
    const data = new Uint8Array(1600).fill(255);
    const clear: Raster = { width, height, channels: 4, data: data.map((_, at) => (at % 4 === 3 ? 0 : 9)) };
    const white: Raster = { ...photo, data: new Uint8Array(1200).fill(255) };
    expect(reportMask(clear, white, block, false).changedOutside).toBe(0);
  });
});
