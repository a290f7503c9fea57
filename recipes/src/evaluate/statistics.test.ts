import { describe, expect, it } from 'vitest';
import { dice } from '../dice.ts';
import type { Pixels } from '../pixels.ts';
import {
  colourStatistics,
  edgeCorrelation,
  laplacianVariance,
  lightnessQuantile,
  lumaSimilarity,
  meanDifference,
  outsideOf,
  peakSignalToNoise,
} from './statistics.ts';

function grey(width: number, height: number, value: (x: number, y: number) => number): Pixels {
  const data = new Float32Array(width * height * 3);
  for (let index = 0; index < width * height; index += 1) {
    data.fill(value(index % width, Math.floor(index / width)), index * 3, index * 3 + 3);
  }
  return { width, height, data };
}

const random = dice(5, 0);
const noise = grey(32, 32, () => random());

describe('statistics of colour', () => {
  it('of black and white halves are the mean and spread of L* 0 and 100', () => {
    const halves = colourStatistics(grey(8, 8, (x) => (x < 4 ? 0 : 1)));
    expect(halves.meanL).toBeCloseTo(50, 2);
    expect(halves.stdL).toBeCloseTo(50, 2);
    expect(halves.meanChroma).toBeCloseTo(0, 1);
  });

  it('weigh pixels', () => {
    const image = grey(2, 1, (x) => x);
    expect(colourStatistics(image, Float32Array.of(1, 0)).meanL).toBeCloseTo(0, 3);
    expect(colourStatistics(image, Float32Array.of(1, 3)).meanL).toBeCloseTo(75, 2);
    expect(() => colourStatistics(image, Float32Array.of(1))).toThrow(/expected 2 values/);
  });

  it('tell one hue from opposite ones', () => {
    const one = colourStatistics({ width: 2, height: 1, data: Float32Array.of(1, 0, 0, 0.5, 0, 0) });
    const two = colourStatistics({ width: 2, height: 1, data: Float32Array.of(0, 1, 0, 1, 0, 1) });
    expect(one.hueSpread).toBeLessThan(0.02);
    expect(one.hue).toBeCloseTo(39, 0);
    expect(two.hueSpread).toBeGreaterThan(0.7);
  });

  it('give quantiles of lightness', () => {
    const ramp = grey(100, 1, (x) => (x < 5 ? 0 : 1));
    expect(lightnessQuantile(ramp, 0.02)).toBeCloseTo(0, 3);
    expect(lightnessQuantile(ramp, 0.05)).toBeCloseTo(100, 3);
  });

  it('count differences only where the weights say', () => {
    const after = grey(2, 1, () => 1);
    expect(
      meanDifference(
        grey(2, 1, () => 0),
        after,
      ),
    ).toBeCloseTo(100, 1);
    const mask = { width: 2, height: 1, data: Float32Array.of(0.5, 0.01) };
    expect(outsideOf(mask)).toEqual(Float32Array.of(0, 1));
    expect(
      meanDifference(
        grey(2, 1, (x) => x),
        after,
        outsideOf(mask),
      ),
    ).toBeCloseTo(0, 3);
  });
});

describe('statistics of two pictures', () => {
  it('give 20 dB for an error of a tenth and no limit for equal pictures', () => {
    expect(
      peakSignalToNoise(
        grey(4, 4, () => 0.5),
        grey(4, 4, () => 0.6),
      ),
    ).toBeCloseTo(20, 3);
    expect(peakSignalToNoise(noise, noise)).toBe(Number.POSITIVE_INFINITY);
  });

  it('measure detail: a checkerboard of 0 and 1 has Laplacians of ±4', () => {
    expect(laplacianVariance(grey(10, 10, (x, y) => (x + y) % 2))).toBeCloseTo(16, 4);
    expect(laplacianVariance(grey(10, 10, (x) => x / 10))).toBeCloseTo(0, 6);
  });

  it('find equal structure in equal pictures and none in unrelated ones', () => {
    const other = grey(32, 32, () => random());
    expect(lumaSimilarity(noise, noise)).toBeCloseTo(1, 5);
    expect(edgeCorrelation(noise, noise)).toBeCloseTo(1, 5);
    expect(lumaSimilarity(noise, other)).toBeLessThan(0.2);
    expect(Math.abs(edgeCorrelation(noise, other))).toBeLessThan(0.2);
  });

  it('refuse pictures of two sizes', () => {
    expect(() =>
      lumaSimilarity(
        noise,
        grey(16, 32, () => 0),
      ),
    ).toThrow(/expected 32×32 like before, got 16×32/);
  });
});
