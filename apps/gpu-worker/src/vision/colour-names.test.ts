import { describe, expect, it } from 'vitest';
import type { Raster } from '../image/raster.ts';
import { type ColourName, colourShare, englishColour } from './colour-names.ts';

type Rgb = readonly [number, number, number];

/** A disc of one colour in the middle of 100 × 100 pixels of another. */
function disc(colour: Rgb, behind: Rgb, radius = 30): Raster {
  const data = new Uint8Array(30_000);
  for (let i = 0; i < 10_000; i++) {
    const isInside = Math.hypot((i % 100) - 49.5, Math.floor(i / 100) - 49.5) <= radius;
    data.set(isInside ? colour : behind, i * 3);
  }
  return { width: 100, height: 100, channels: 3, data };
}

const box = [20, 20, 80, 80] as const;
const [grass, street] = [
  [70, 130, 40],
  [120, 120, 125],
] as const;

describe('the share of a colour', () => {
  it.each([
    ['red', [190, 20, 30]],
    ['orange', [240, 140, 20]],
    ['yellow', [230, 210, 40]],
    ['blue', [40, 80, 190]],
    ['purple', [110, 50, 170]],
    ['pink', [240, 150, 180]],
    ['brown', [110, 70, 40]],
    ['white', [235, 235, 230]],
    ['black', [25, 25, 28]],
  ] as const)('is all for a %s thing, and none for a thing before that colour', (name, colour) => {
    expect(colourShare(disc(colour, street), box, [name])).toBeGreaterThan(0.9);
    expect(colourShare(disc(grass, colour), box, [name])).toBe(0);
  });

  it('does not take what shows through a thing for the thing', () => {
    // A thin white post on a meadow: its box is mostly green.
    const post = disc(grass, grass);
    for (let y = 20; y < 80; y++)
      for (let x = 38; x < 62; x++) post.data.set([240, 240, 240], (y * 100 + x) * 3);
    expect(colourShare(post, box, ['white'])).toBeGreaterThan(0.5);
    expect(colourShare(post, box, ['green'])).toBeLessThan(0.35);
  });

  it('stays known where thing and surroundings are alike, and at the border of the picture', () => {
    const snow = disc([240, 240, 245], [245, 245, 245]);
    expect(colourShare(snow, box, ['white'])).toBeCloseTo(1, 6);
    expect(colourShare(snow, [0, 0, 100, 100], ['white'])).toBeCloseTo(1, 6);
    expect(colourShare(snow, [0, 0, 100, 100], ['red'])).toBe(0);
  });

  it('counts any of several colours', () => {
    const share = (colours: readonly ColourName[]): number =>
      colourShare(disc([30, 30, 30], street), box, colours);
    expect(share(['white', 'black'])).toBeGreaterThan(0.9);
    expect(share(['white', 'blue'])).toBe(0);
  });
});

it('knows English words for colours, and nothing that every object has', () => {
  expect(['gray', 'golden', 'navy', 'constructor', 'fast'].map(englishColour)).toEqual([
    'grey',
    'yellow',
    'blue',
    undefined,
    undefined,
  ]);
});
