import { describe, expect, it } from 'vitest';
import type { BinaryMask } from './binary-mask.ts';
import { LabelMaps } from './label-map.ts';
import { decodeRle, encodeRle, rleArea } from './mask-rle.ts';

const size = { width: 4, height: 2 };
const mask = (...data: number[]): BinaryMask => ({ ...size, data: Uint8Array.from(data) });
const [left, middle, all] = [
  mask(1, 1, 0, 0, 1, 1, 0, 0),
  mask(0, 1, 1, 0, 0, 0, 0, 0),
  mask(...Array(8).fill(1)),
];

describe('label maps', () => {
  it('give a pixel to the thing that was painted last, with its kind', () => {
    const maps = new LabelMaps(size);
    maps.paint(left, { id: 2, kind: 0 });
    maps.paint(middle, { id: 1, kind: 6 });
    expect([...maps.instance]).toEqual([2, 1, 1, 0, 2, 2, 0, 0]);
    expect([...maps.semantic()]).toEqual([1, 7, 7, 0, 1, 1, 0, 0]);
    const colours = maps.panoptic();
    const ids = Array.from({ length: 8 }, (_, at) => {
      const [r, g, b] = colours.subarray(3 * at, 3 * at + 3) as unknown as [number, number, number];
      return r + 256 * g + 65536 * b;
    });
    expect(ids).toEqual([2 + 256, 1 + 256 * 7, 1 + 256 * 7, 0, 2 + 256, 2 + 256, 0, 0]);
  });

  it('tell what is left of each thing, nothing of one that is covered', () => {
    const maps = new LabelMaps(size);
    maps.paint(middle, { id: 3, kind: 1 });
    maps.paint(left, { id: 2, kind: 0 });
    maps.paint(all, { id: 5, kind: 0 });
    maps.paint(middle, { id: 1, kind: 1 });
    const runs = maps.runs([1, 2, 3, 5]);
    expect([...runs.keys()]).toEqual([1, 2, 3, 5]);
    expect(runs.get(1)).toEqual(encodeRle(middle));
    expect(runs.get(2)).toEqual(encodeRle(mask(0, 0, 0, 0, 0, 0, 0, 0)));
    expect([...runs.values()].reduce((sum, rle) => sum + rleArea(rle), 0)).toBe(8);
    for (const [id, rle] of runs) {
      expect([...decodeRle(rle).data]).toEqual(Array.from(maps.instance, (own) => Number(own === id)));
    }
  });

  it('refuse what a byte cannot tell', () => {
    const maps = new LabelMaps(size);
    expect(() => maps.paint(all, { id: 256, kind: 0 })).toThrow(RangeError);
    expect(() => maps.paint(all, { id: 0, kind: 0 })).toThrow(RangeError);
    expect(() => maps.paint(all, { id: 1, kind: 255 })).toThrow(RangeError);
    expect(() => maps.paint({ width: 1, height: 1, data: Uint8Array.of(1) }, { id: 1, kind: 0 })).toThrow(
      RangeError,
    );
  });
});
