import { describe, expect, it } from 'vitest';
import { blurPlane } from './gaussian.ts';

describe('blurPlane', () => {
  it.each([0.5, 0.9, 2, 5.3])('spreads an impulse with the variance of sigma %f', (sigma) => {
    const size = 101;
    const plane = new Float32Array(size * size);
    plane[50 * size + 50] = 1;
    const blurred = blurPlane(plane, { width: size, height: size, channels: 1 }, sigma);
    let sum = 0;
    let horizontal = 0;
    let vertical = 0;
    for (const [index, value] of blurred.entries()) {
      sum += value;
      horizontal += value * ((index % size) - 50) ** 2;
      vertical += value * (Math.floor(index / size) - 50) ** 2;
    }
    expect(sum).toBeCloseTo(1, 4);
    expect(horizontal).toBeCloseTo(sigma ** 2, 3);
    expect(vertical).toBeCloseTo(sigma ** 2, 3);
  });

  it('keeps constants to the border and channels apart', () => {
    const plane = Float32Array.from({ length: 6 * 4 * 2 }, (_, index) => (index % 2 === 0 ? 0.25 : 0.75));
    const blurred = blurPlane(plane, { width: 6, height: 4, channels: 2 }, 3);
    for (const [index, value] of blurred.entries())
      expect(value).toBeCloseTo(index % 2 === 0 ? 0.25 : 0.75, 5);
  });

  it('returns a copy for sigma 0', () => {
    const plane = Float32Array.of(1, 2, 3);
    const blurred = blurPlane(plane, { width: 3, height: 1, channels: 1 }, 0);
    expect(blurred).toEqual(plane);
    expect(blurred.buffer).not.toBe(plane.buffer);
  });
});
