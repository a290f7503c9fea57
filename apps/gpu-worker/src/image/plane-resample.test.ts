import { describe, expect, it } from 'vitest';
import { binomialBlur, type Plane, tentBlur } from './plane-blur.ts';
import { compensateEnlarging, createRowEnlarger, shrinkPlane } from './plane-resample.ts';

function planeOf(width: number, height: number, value: (x: number, y: number, c: number) => number): Plane {
  const data = new Float32Array(width * height * 2);
  data.forEach((_, i) => {
    data[i] = value(Math.floor(i / 2) % width, Math.floor(i / 2 / width), i % 2);
  });
  return { width, height, channels: 2, data };
}

function mean(plane: Plane, channel: number): number {
  const values = plane.data.filter((_, i) => i % 2 === channel);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function enlarge(plane: Plane, width: number, height: number): Plane {
  const rows = createRowEnlarger(plane, width, height);
  const data = new Float32Array(width * height * 2);
  for (let y = 0; y < height; y++) rows.row(y, data.subarray(y * width * 2, (y + 1) * width * 2));
  return { width, height, channels: 2, data };
}

describe('createRowEnlarger', () => {
  it('keeps a plane as it is at its own size', () => {
    const plane = planeOf(7, 5, (x, y, c) => Math.sin(x * 3 + y * 5 + c));
    expect(enlarge(plane, 7, 5).data).toEqual(plane.data);
  });

  it('continues a slope exactly inside the borders', () => {
    const plane = planeOf(10, 10, (x, y, c) => (c === 0 ? x + 0.5 : y + 0.5));
    const large = enlarge(plane, 30, 30);
    for (let i = 6; i < 24; i++) {
      expect(large.data[(15 * 30 + i) * 2]).toBeCloseTo((i + 0.5) / 3, 5);
      expect(large.data[(i * 30 + 15) * 2 + 1]).toBeCloseTo((i + 0.5) / 3, 5);
    }
  });

  it('spreads a single pixel', () => {
    const large = enlarge(
      planeOf(1, 1, (_, __, c) => c + 0.25),
      4,
      3,
    );
    large.data.forEach((value, i) => {
      expect(value).toBeCloseTo(0.25 + (i % 2), 5);
    });
  });
});

describe('compensateEnlarging', () => {
  it('brings the area averages of the enlarged plane nearer to the plane', () => {
    const plane = planeOf(24, 18, (x, y, c) => Math.sin(x * x * 1.3 + y * 2.1 + c));
    const error = (start: Plane): number => {
      const back = shrinkPlane(enlarge(start, 24 * 5, 18 * 5), 24, 18);
      return Math.hypot(...back.data.map((value, i) => value - (plane.data[i] as number)));
    };
    expect(error(compensateEnlarging(plane))).toBeLessThan(0.5 * error(plane));
  });

  it('leaves a flat plane flat', () => {
    compensateEnlarging(planeOf(5, 1, () => 0.5)).data.forEach((value) => {
      expect(value).toBeCloseTo(0.5, 6);
    });
  });
});

describe('shrinkPlane', () => {
  it.each([
    [5, 3],
    [12, 9],
    [1, 1],
    [12, 1],
    [7, 9],
  ])('keeps the mean at %i×%i', (width, height) => {
    const plane = planeOf(12, 9, (x, y, c) => Math.sin(x * 1.7 + y * y + c));
    const small = shrinkPlane(plane, width, height);
    expect([small.width, small.height]).toEqual([width, height]);
    for (const channel of [0, 1]) expect(mean(small, channel)).toBeCloseTo(mean(plane, channel), 5);
  });

  it('averages whole blocks and leaves smaller sides', () => {
    const plane = planeOf(4, 2, (x) => x);
    expect(shrinkPlane(plane, 2, 8)).toMatchObject({ width: 2, height: 2 });
    expect([...shrinkPlane(plane, 2, 2).data.subarray(0, 4)]).toEqual([0.5, 0.5, 2.5, 2.5]);
  });
});

describe.each([
  ['tentBlur', (plane: Plane) => tentBlur(plane, 2)],
  ['binomialBlur', binomialBlur],
] as const)('%s', (_, blur) => {
  it('leaves a flat plane flat up to its borders', () => {
    blur(planeOf(5, 9, () => 0.25)).data.forEach((value) => {
      expect(value).toBeCloseTo(0.25, 6);
    });
  });

  it('spreads a point evenly, channel by channel, keeping its sum', () => {
    const blurredPlane = blur(planeOf(15, 15, (x, y, c) => (x === 7 && y === 7 && c === 1 ? 1 : 0)));
    const at = (x: number, y: number): number => blurredPlane.data[(y * 15 + x) * 2 + 1] as number;
    expect(at(6, 7)).toBeCloseTo(at(8, 7), 6);
    expect(at(7, 6)).toBeCloseTo(at(6, 7), 6);
    expect(at(7, 7)).toBeGreaterThan(at(6, 7));
    expect(mean(blurredPlane, 1) * 225).toBeCloseTo(1, 5);
    expect(mean(blurredPlane, 0)).toBe(0);
  });

  it('accepts planes smaller than its reach', () => {
    expect(blur(planeOf(1, 1, () => 0.5)).data.every((value) => Math.abs(value - 0.5) < 1e-6)).toBe(true);
  });
});
