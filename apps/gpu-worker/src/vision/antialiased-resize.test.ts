import { describe, expect, it } from 'vitest';
import type { Raster } from '../image/raster.ts';
import { antialiasedResize } from './antialiased-resize.ts';

function picture(width: number, height: number, grey: (x: number, y: number) => number): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const value = grey(i % width, Math.floor(i / width));
    data.set([value, 255 - value, value], i * 3);
  }
  return { width, height, channels: 3, data };
}

const reds = ({ data }: Raster): number[] => [...data].filter((_, i) => i % 3 === 0);
const noise = (x: number, y: number): number => (x * 7919 + y * 104_729 + x * y * 31) % 256;

describe('antialiasedResize', () => {
  it('widens the kernel by the reduction and cuts it at the border', () => {
    const row = picture(4, 1, (x) => [0, 100, 200, 50][x] as number);
    const halved = antialiasedResize(row, { width: 2, height: 1 }, { kernel: 'bilinear' });
    // Weights 3/4, 3/4, 1/4 over three pixels that remain of four.
    expect(reds(halved)).toEqual([
      Math.round((0.75 * 100 + 0.25 * 200) / 1.75),
      Math.round((0.25 * 100 + 0.75 * 200 + 0.75 * 50) / 1.75),
    ]);
  });

  it('blends neighbours when it enlarges', () => {
    const row = picture(2, 1, (x) => x * 100);
    const doubled = antialiasedResize(row, { width: 4, height: 1 }, { kernel: 'bilinear' });
    expect(reds(doubled)).toEqual([0, 25, 75, 100]);
  });

  it('overshoots at an edge under the cubic kernel, within the range of bytes', () => {
    const edge = picture(8, 1, (x) => (x < 4 ? 40 : 200));
    const values = reds(antialiasedResize(edge, { width: 16, height: 1 }, { kernel: 'bicubic' }));
    expect(Math.min(...values)).toBeLessThan(40);
    expect(Math.max(...values)).toBeGreaterThan(200);
    const hard = picture(8, 1, (x) => (x < 4 ? 0 : 255));
    const clamped = reds(antialiasedResize(hard, { width: 16, height: 1 }, { kernel: 'bicubic' }));
    expect(clamped.slice(0, 7)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('keeps an even colour and a picture of the same size', () => {
    const even = antialiasedResize(
      picture(37, 23, () => 93),
      { width: 11, height: 50 },
      { kernel: 'bicubic' },
    );
    expect(new Set(reds(even))).toEqual(new Set([93]));
    const same = picture(9, 7, noise);
    expect(antialiasedResize(same, same, { kernel: 'bicubic' })).toEqual(same);
  });

  it('gives a window as it lies in the whole', () => {
    const source = picture(61, 47, noise);
    const size = { width: 20, height: 31 };
    const whole = antialiasedResize(source, size, { kernel: 'bicubic' });
    const window = { left: 3, top: 9, width: 12, height: 17 };
    const part = antialiasedResize(source, size, { kernel: 'bicubic', window });
    const expected = Array.from({ length: window.height }, (_, y) => {
      const from = ((y + window.top) * size.width + window.left) * 3;
      return [...whole.data.subarray(from, from + window.width * 3)];
    });
    expect([...part.data]).toEqual(expected.flat());
  });

  it('refuses a window outside the result', () => {
    const window = { left: 10, top: 0, width: 11, height: 5 };
    const outside = () =>
      antialiasedResize(picture(4, 4, noise), { width: 20, height: 20 }, { kernel: 'bicubic', window });
    expect(outside).toThrow('expected a part of 20×20, got 11×5 at 10, 0');
  });
});
