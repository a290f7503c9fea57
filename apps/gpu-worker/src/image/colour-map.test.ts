import { describe, expect, it } from 'vitest';
import { applyColourMap, fitColourMap } from './colour-map.ts';
import type { Float32Image, Raster } from './raster.ts';

/** Sixteen pixels of one hue, from dark to light. */
const shades: Float32Image = {
  width: 16,
  height: 1,
  data: Float32Array.from(
    { length: 48 },
    (_, at) => (0.2 + Math.floor(at / 3) / 30) * [0.9, 1, 1.1][at % 3]!,
  ),
};
const luma = (pixel: number) =>
  0.299 * shades.data[3 * pixel]! + 0.587 * shades.data[3 * pixel + 1]! + 0.114 * shades.data[3 * pixel + 2]!;
const [slopes, offsets] = [
  [1.2, 0.4, 0.3],
  [0.3, 0.05, 0.02],
];

/** The shades of which some pixels are painted by a known map. */
function painted(isPainted: (pixel: number) => boolean): Float32Image {
  const data = shades.data.map((value, at) => {
    const pixel = Math.floor(at / 3);
    return isPainted(pixel) ? slopes[at % 3]! * luma(pixel) + offsets[at % 3]! : value;
  });
  return { ...shades, data };
}

const everywhere = new Float32Array(16).fill(1);

describe('the colour map of a region', () => {
  it('is that of the places that were changed, however few', () => {
    const map = fitColourMap(
      shades,
      painted((pixel) => pixel % 4 === 0),
      everywhere,
    );
    // A weak pull towards keeping light and shade as they are is part of the fit.
    for (const pixel of [1, 7, 14]) {
      for (let c = 0; c < 3; c++) {
        const made = map!.slopes[c]! * luma(pixel) + map!.offsets[c]!;
        expect(Math.abs(made - (slopes[c]! * luma(pixel) + offsets[c]!))).toBeLessThan(0.05);
      }
    }
  });

  it('asks the region alone', () => {
    const half = everywhere.map((_, pixel) => Number(pixel < 8));
    const map = fitColourMap(
      shades,
      painted((pixel) => pixel < 8),
      half,
    );
    const other = fitColourMap(
      shades,
      painted(() => true),
      half,
    );
    expect(map).toEqual(other);
    expect(
      fitColourMap(
        shades,
        painted((pixel) => pixel >= 8),
        half,
      ),
    ).toBe(undefined);
    expect(
      fitColourMap(
        shades,
        painted(() => true),
        new Float32Array(16),
      ),
    ).toBe(undefined);
  });

  it('says how far colours were moved', () => {
    const after = {
      ...shades,
      data: shades.data.map((value, at) => value + (at % 3 === 0 ? 0.3 : at % 3 === 1 ? 0.4 : 0)),
    };
    expect(fitColourMap(shades, after, everywhere)?.strength).toBeCloseTo(0.5, 5);
  });

  it('paints the inside of a picture and leaves alpha and the outside', () => {
    const picture: Raster = {
      width: 2,
      height: 1,
      channels: 4,
      data: Uint8Array.of(100, 100, 100, 7, 100, 100, 100, 9),
    };
    const map = { slopes: [1, 0.5, 3], offsets: [0.1, 0, 0], strength: 1 };
    const { data } = applyColourMap(picture, Uint8Array.of(0, 1), map);
    expect([...data]).toEqual([100, 100, 100, 7, 126, 50, 255, 9]);
  });
});
