import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  aboveThreshold,
  logitsOfPicture,
  maskOfPicture,
  resizePlane,
  stabilityScore,
} from './mask-logits.ts';
import { fitSquare } from './sam-image.ts';

const row = (...values: number[]) => ({ width: values.length, height: 1, data: Float32Array.from(values) });

describe('resizing logits', () => {
  it('blends neighbours by half-pixel centres', () => {
    expect([...resizePlane(row(0, 4), { width: 4, height: 1 }).data]).toEqual([0, 1, 3, 4]);
    expect([...resizePlane(row(0, 2, 4, 8), { width: 2, height: 1 }).data]).toEqual([1, 6]);
  });

  it('resizes columns as it does rows', () => {
    const column = { width: 1, height: 3, data: Float32Array.from([3, 6, 12]) };
    const across = resizePlane(row(3, 6, 12), { width: 7, height: 1 });
    expect(resizePlane(column, { width: 1, height: 7 }).data).toEqual(across.data);
  });

  it('computes a part as it would the whole', () => {
    const plane = { width: 4, height: 3, data: Float32Array.from({ length: 12 }, (_, i) => Math.sin(7 * i)) };
    const whole = resizePlane(plane, { width: 9, height: 8 });
    const part = resizePlane(plane, { width: 9, height: 8 }, { width: 5, height: 3 });
    const cut = Array.from({ length: 15 }, (_, i) => whole.data[Math.floor(i / 5) * 9 + (i % 5)]);
    expect([...part.data]).toEqual(cut);
  });

  it('cuts the padding off before it goes to the size of the picture', () => {
    const small = { width: 4, height: 4, data: new Float32Array(16).map((_, i) => (i < 8 ? 1 : -9)) };
    const fit = { original: { width: 10, height: 3 }, scaled: { width: 8, height: 3 }, side: 8 };
    const { width, height, data } = logitsOfPicture(small, fit);
    expect([width, height]).toEqual([10, 3]);
    expect(data.every((logit) => logit === 1)).toBe(true);
  });
});

describe('the mask of a picture', () => {
  it('is where its logits are above 0, without them', () => {
    const side = fc.integer({ min: 1, max: 40 });
    const waves = fc.tuple(fc.double({ min: 0.1, max: 3, noNaN: true }), fc.integer({ min: -2, max: 2 }));
    fc.assert(
      fc.property(fc.tuple(side, side), waves, ([width, height], [pitch, level]) => {
        const fit = fitSquare({ width, height }, 16);
        const data = Float32Array.from({ length: 64 }, (_, i) => Math.sin(pitch * i * i) + level / 2);
        const small = { width: 8, height: 8, data };
        expect(maskOfPicture(small, fit)).toEqual(aboveThreshold(logitsOfPicture(small, fit)));
      }),
    );
  });
});

describe('logits', () => {
  it('above the threshold are inside', () => {
    expect([...aboveThreshold(row(-1, 0, 0.1, 5)).data]).toEqual([0, 0, 1, 1]);
    expect([...aboveThreshold(row(-1, 0, 0.1, 5), 1).data]).toEqual([0, 0, 0, 1]);
  });

  it('are stable as far as moving the threshold changes nothing', () => {
    expect(stabilityScore(row(-5, -0.5, 0.5, 5, 6))).toBe(2 / 4);
    expect(stabilityScore(row(-5, 5))).toBe(1);
    expect(stabilityScore(row(-5, -0.5, 0.5, 5, 6), { offset: 0.2 })).toBe(1);
    expect(stabilityScore(row(-5, 1.5, 5), { threshold: 1 })).toBe(1 / 2);
  });

  it('that are all low are not stable', () => {
    expect(stabilityScore(row(-5, -3))).toBe(0);
  });
});
