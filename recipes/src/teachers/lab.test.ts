import { describe, expect, it } from 'vitest';
import { dice } from '../dice.ts';
import type { Pixels } from '../pixels.ts';
import { hueDistance, hueOf, labOf, mapLab } from './lab.ts';

const pixel = (r: number, g: number, b: number): Pixels => ({
  width: 1,
  height: 1,
  data: Float32Array.of(r, g, b),
});

describe('CIELAB', () => {
  // Reference values of the sRGB primaries under D65 (Lindbloom's calculator).
  it.each([
    ['white', [1, 1, 1], [100, 0, 0]],
    ['black', [0, 0, 0], [0, 0, 0]],
    ['red', [1, 0, 0], [53.24, 80.09, 67.2]],
    ['green', [0, 1, 0], [87.73, -86.18, 83.18]],
    ['blue', [0, 0, 1], [32.3, 79.19, -107.86]],
  ] as const)('gives the known values of %s', (_, [r, g, b], expected) => {
    const lab = labOf(pixel(r, g, b));
    for (const [index, value] of expected.entries()) expect(lab[index]).toBeCloseTo(value, 1);
  });

  it('comes back to the same sRGB', () => {
    const random = dice(1, 0);
    const data = Float32Array.from({ length: 300 }, () => random());
    const back = mapLab({ width: 10, height: 10, data }, new Float32Array(100).fill(1), () => {});
    for (const [index, value] of back.data.entries()) expect(value).toBeCloseTo(data[index] as number, 3);
  });

  it('does not touch pixels of weight 0', () => {
    const after = mapLab(pixel(0.123, 0.456, 0.789), new Float32Array(1), (colour) => {
      colour.l = 0;
    });
    expect(after.data).toEqual(pixel(0.123, 0.456, 0.789).data);
  });

  it('measures hue around the circle', () => {
    expect(hueOf(0, -1)).toBeCloseTo(270, 6);
    expect(hueDistance(350, 20)).toBe(30);
    expect(hueDistance(90, 270)).toBe(180);
  });
});
