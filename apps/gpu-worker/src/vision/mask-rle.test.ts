import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskArea } from './binary-mask.ts';
import { decodeRle, encodeRle, rleArea } from './mask-rle.ts';

describe('run lengths', () => {
  it('go down the columns and begin with zeros', () => {
    const data = Uint8Array.from([0, 1, 1, 0, 0, 1]);
    expect(encodeRle({ width: 3, height: 2, data })).toEqual({ size: [2, 3], counts: [2, 1, 1, 2] });
    expect(encodeRle({ width: 1, height: 2, data: Uint8Array.of(1, 0) }).counts).toEqual([0, 1, 1]);
  });

  it('hold masks of one value', () => {
    const empty = { width: 3, height: 2, data: new Uint8Array(6) };
    expect(encodeRle(empty).counts).toEqual([6]);
    const full = { ...empty, data: new Uint8Array(6).fill(1) };
    expect(encodeRle(full).counts).toEqual([0, 6]);
    expect(decodeRle(encodeRle(full))).toEqual(full);
  });

  it('give back every mask and its area', () => {
    const sides = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }));
    fc.assert(
      fc.property(
        sides.chain(([width, height]) =>
          fc
            .array(fc.constantFrom(0, 1), { minLength: width * height, maxLength: width * height })
            .map((bits) => ({ width, height, data: Uint8Array.from(bits) })),
        ),
        (mask) => {
          const rle = encodeRle(mask);
          expect(decodeRle(rle)).toEqual(mask);
          expect(rleArea(rle)).toBe(maskArea(mask));
          expect(rle.counts.slice(1).every((run) => run > 0)).toBe(true);
        },
      ),
    );
  });

  it('that do not fill the mask are refused', () => {
    expect(() => decodeRle({ size: [2, 2], counts: [1, 2] })).toThrow(
      'expected runs of 4 pixels (2×2), got 3',
    );
    expect(() => decodeRle({ size: [1, 2], counts: [3, -1] })).toThrow(TypeError);
  });
});
