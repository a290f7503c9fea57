import type { Raster } from '@darkroom/gpu-worker/image/raster';
import { describe, expect, test } from 'vitest';
import { changedPixels, colourMove } from './colour-move.ts';

type Colour = readonly [number, number, number];

/** A picture of two pixels: the thing, then what lies beside it. */
function picture(thing: Colour, beside: Colour = [90, 140, 90]): Raster {
  return { width: 2, height: 1, channels: 3, data: Uint8Array.from([...thing, ...beside]) };
}

const mask = { width: 2, height: 1, data: Uint8Array.of(1, 0) };
const grey: Colour = [128, 128, 128];

describe('a thing moves towards a colour', () => {
  test.each([
    ['red', [200, 40, 40]],
    ['green', [60, 150, 60]],
    ['blue', [60, 90, 200]],
    ['purple', [130, 60, 160]],
    ['pink', [240, 150, 190]],
  ] as const)('from grey to %s', (colour, painted) => {
    const move = colourMove(picture(grey), picture(painted), mask, colour);
    expect(move.ok).toBe(true);
    expect(move.before[0]).toBeCloseTo(0, 1);
    expect(move.approach).toBeGreaterThan(8);
  });

  test('by a little where its hue then fits', () => {
    expect(colourMove(picture([200, 60, 60]), picture([204, 56, 58]), mask, 'red').ok).toBe(true);
    expect(colourMove(picture([200, 60, 60]), picture([196, 64, 62]), mask, 'red').ok).toBe(false);
  });

  test('not by a little where its hue does not fit, nor by what happens beside it', () => {
    expect(colourMove(picture(grey), picture([126, 127, 130]), mask, 'blue').ok).toBe(false);
    expect(colourMove(picture(grey), picture(grey, [0, 0, 255]), mask, 'blue').ok).toBe(false);
    expect(colourMove(picture(grey), picture([60, 150, 60]), mask, 'blue').ok).toBe(false);
  });
});

test('changed pixels are counted, those outside apart', () => {
  expect(changedPixels(picture(grey), picture([128, 128, 129]), mask)).toEqual({ all: 1, outside: 0 });
  expect(changedPixels(picture(grey), picture([1, 2, 3], [4, 5, 6]), mask)).toEqual({ all: 2, outside: 1 });
  expect(changedPixels(picture(grey), picture(grey), mask)).toEqual({ all: 0, outside: 0 });
});
