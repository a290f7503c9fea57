import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BinaryMask,
  dropSmallIslands,
  fillSmallHoles,
  maskArea,
  maskBox,
  maskIou,
} from './binary-mask.ts';

/** A mask drawn in rows: `#` inside, anything else outside. */
function drawn(...rows: readonly string[]): BinaryMask {
  const data = Uint8Array.from(rows.join(''), (c) => Number(c === '#'));
  return { width: rows[0]?.length ?? 0, height: rows.length, data };
}

const masks = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([width, height]) =>
    fc
      .array(fc.constantFrom(0, 1), { minLength: width * height, maxLength: width * height })
      .map((bits) => ({ width, height, data: Uint8Array.from(bits) })),
  );

describe('a mask', () => {
  it('is measured by its pixels and their outer edges', () => {
    const mask = drawn('.....', '..##.', '..#..');
    expect(maskArea(mask)).toBe(3);
    expect(maskBox(mask)).toEqual([2, 1, 4, 3]);
    expect(maskBox(drawn('..', '..'))).toBeUndefined();
  });

  it('overlaps another by what both have of what either has', () => {
    expect(maskIou(drawn('##..'), drawn('.##.'))).toBeCloseTo(1 / 3, 12);
    expect(maskIou(drawn('....'), drawn('....'))).toBe(1);
    expect(() => maskIou(drawn('..'), drawn('.', '.'))).toThrow('2×1 against 1×2');
  });
});

describe('small parts', () => {
  it('are filled where they are holes, also at the border', () => {
    const mask = drawn('####.', '#.###', '#####');
    expect(fillSmallHoles(mask, 2)).toEqual({ mask: drawn('#####', '#####', '#####'), isChanged: true });
    expect(fillSmallHoles(mask, 1)).toEqual({ mask, isChanged: false });
  });

  it('are dropped where they are islands', () => {
    const mask = drawn('##..#', '##...', '....#');
    expect(dropSmallIslands(mask, 2)).toEqual({ mask: drawn('##...', '##...', '.....'), isChanged: true });
  });

  it('hang together across corners', () => {
    expect(dropSmallIslands(drawn('#..', '.#.', '..#'), 3).isChanged).toBe(false);
    expect(fillSmallHoles(drawn('.##', '#.#', '##.'), 3).isChanged).toBe(false);
  });

  it('leave the largest island where all are small', () => {
    expect(dropSmallIslands(drawn('#..##', '.....', '#.#..'), 9).mask).toEqual(
      drawn('...##', '.....', '.....'),
    );
  });

  it('are gone after one pass, and filling only adds, dropping only takes', () => {
    fc.assert(
      fc.property(masks, fc.integer({ min: 1, max: 12 }), (mask, minArea) => {
        const filled = fillSmallHoles(mask, minArea);
        const dropped = dropSmallIslands(mask, minArea);
        expect(fillSmallHoles(filled.mask, minArea).isChanged).toBe(false);
        expect(filled.mask.data.every((inside, i) => inside >= (mask.data[i] as number))).toBe(true);
        expect(dropped.mask.data.every((inside, i) => inside <= (mask.data[i] as number))).toBe(true);
        expect(dropSmallIslands(dropped.mask, minArea).mask).toEqual(dropped.mask);
      }),
    );
  });
});
