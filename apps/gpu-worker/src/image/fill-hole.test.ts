import { uniforms } from '@darkroom/shared/random';
import { describe, expect, it } from 'vitest';
import { fillHole } from './fill-hole.ts';
import type { Raster } from './raster.ts';

const random = (seed = 1): (() => number) => {
  const drawn = uniforms({ seed, image: 0, step: 0, count: 1 << 18 });
  let at = 0;
  return () => drawn[at++ % drawn.length] as number;
};

/** Upright stripes four pixels wide. */
function stripes(width: number, height: number, channels: 3 | 4 = 3): Raster {
  const data = new Uint8Array(width * height * channels);
  for (let at = 0; at < width * height; at++) {
    const value = Math.floor((at % width) / 4) % 2 === 0 ? 40 : 200;
    data.set(channels === 3 ? [value, value, 90] : [value, value, 90, 7], at * channels);
  }
  return { width, height, channels, data };
}

function square(
  { width, height }: Raster,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return Number(x >= x0 && x < x1 && y >= y0 && y < y1);
  });
}

/** The photo with the hole painted over, so that nothing of it can be read there. */
function holed(photo: Raster, hole: Uint8Array): Raster {
  const data = photo.data.slice();
  hole.forEach((one, at) => {
    if (one === 1) data.fill(255, at * photo.channels, at * photo.channels + 3);
  });
  return { ...photo, data };
}

function meanError(a: Raster, b: Raster, hole: Uint8Array): number {
  let [sum, count] = [0, 0];
  hole.forEach((one, at) => {
    if (one === 0) return;
    sum += Math.abs((a.data[at * a.channels] as number) - (b.data[at * b.channels] as number));
    count += 1;
  });
  return sum / count;
}

describe('fillHole', () => {
  it('goes on with a pattern where a smooth surface would lose it', () => {
    const photo = stripes(96, 72);
    const hole = square(photo, [38, 24, 58, 46]);
    const filled = fillHole(holed(photo, hole), hole, random());
    // A smooth surface is 80 off everywhere; a quarter of it is left in the mixture.
    expect(meanError(filled, photo, hole)).toBeLessThan(35);
  });

  it('brings fine detail to a photo that is too large to be matched at its own size', () => {
    const photo = stripes(640, 480);
    const hole = square(photo, [300, 200, 360, 250]);
    const filled = fillHole(holed(photo, hole), hole, random());
    const row = 225 * 640;
    const inside = [...filled.data.slice(3 * (row + 300), 3 * (row + 360))].filter((_, i) => i % 3 === 0);
    expect(Math.max(...inside) - Math.min(...inside)).toBeGreaterThan(60);
  });

  it('touches nothing but the hole, and no alpha', () => {
    const photo = stripes(64, 48, 4);
    const hole = square(photo, [20, 10, 40, 30]);
    const filled = fillHole(holed(photo, hole), hole, random());
    for (let at = 0; at < hole.length; at++) {
      expect(filled.data[4 * at + 3]).toBe(7);
      if (hole[at] === 0)
        expect(filled.data.slice(4 * at, 4 * at + 3)).toEqual(photo.data.slice(4 * at, 4 * at + 3));
    }
  });

  it('is the same for the same random numbers', () => {
    const photo = stripes(64, 48);
    const hole = square(photo, [20, 10, 40, 30]);
    expect(fillHole(photo, hole, random()).data).toEqual(fillHole(photo, hole, random()).data);
  });

  it('fills smoothly where there is no patch to copy, at the border, and gives back a photo without a hole', () => {
    const photo = stripes(16, 16);
    const hole = square(photo, [0, 0, 14, 16]);
    const filled = fillHole(holed(photo, hole), hole, random());
    expect(Math.max(...filled.data)).toBeLessThanOrEqual(200);
    expect(fillHole(photo, new Uint8Array(256), random())).toBe(photo);
    const all = new Uint8Array(256).fill(1);
    expect(fillHole(photo, all, random()).data).toHaveLength(768);
  });

  it('refuses a hole of another size', () => {
    expect(() => fillHole(stripes(16, 16), new Uint8Array(10), random())).toThrow(
      'expected a byte for each of 16×16',
    );
  });
});
