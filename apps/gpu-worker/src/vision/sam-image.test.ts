import { describe, expect, it } from 'vitest';
import { fitSquare, samPixels, toSquare } from './sam-image.ts';

describe('fitting a picture into the square', () => {
  it('fills the longer side and rounds the shorter', () => {
    expect(fitSquare({ width: 1800, height: 1200 }, 1024).scaled).toEqual({ width: 1024, height: 683 });
    expect(fitSquare({ width: 300, height: 400 }, 1024).scaled).toEqual({ width: 768, height: 1024 });
    expect(fitSquare({ width: 5000, height: 1 }, 1024).scaled).toEqual({ width: 1024, height: 1 });
  });

  it('takes places along on each axis', () => {
    const fit = fitSquare({ width: 1800, height: 1200 }, 1024);
    const [x, y] = toSquare(900, 1200, fit);
    expect(x).toBeCloseTo(512, 10);
    expect(y).toBeCloseTo(683, 10);
  });
});

describe('pixels for the encoder', () => {
  const white = { width: 4, height: 2, channels: 3 as const, data: new Uint8Array(24).fill(255) };

  it('are normalised, and zeros only where there is no picture', () => {
    const { pixels } = samPixels(white, 4);
    const plane = Array.from({ length: 16 }, (_, i) => (i < 8 ? (1 - 0.485) / 0.229 : 0));
    plane.forEach((value, i) => {
      expect(pixels[i]).toBeCloseTo(value, 5);
    });
    expect(pixels[16]).toBeCloseTo((1 - 0.456) / 0.224, 5);
    expect(pixels[32]).toBeCloseTo((1 - 0.406) / 0.225, 5);
    expect(pixels).toHaveLength(48);
  });

  it('lay a picture with alpha on white', () => {
    const clear = { width: 4, height: 2, channels: 4 as const, data: new Uint8Array(32) };
    expect(samPixels(clear, 4).pixels).toEqual(samPixels(white, 4).pixels);
  });
});
