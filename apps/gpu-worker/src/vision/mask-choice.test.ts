import { describe, expect, it } from 'vitest';
import { type BinaryMask, maskArea } from './binary-mask.ts';
import { maskOfBox, maskOfClicks, maskOfWords } from './mask-choice.ts';

/** A mask of 20 × 20 pixels that is a square. */
function square(left: number, top: number, side: number): BinaryMask {
  const data = Uint8Array.from({ length: 400 }, (_, i) => {
    const [x, y] = [(i % 20) - left, Math.floor(i / 20) - top];
    return Number(x >= 0 && x < side && y >= 0 && y < side);
  });
  return { width: 20, height: 20, data };
}

const [outer, inner, other] = [square(2, 2, 16), square(6, 6, 6), square(15, 15, 5)];
const click = (x: number, y: number, isInside = true) => ({ x, y, isInside });

describe('clicks', () => {
  it('paint every mask that they lie in', () => {
    expect(maskOfClicks([inner, outer], [click(3.5, 3.5)])).toEqual(outer);
    expect(maskOfClicks([inner, outer], [click(8, 8)])).toEqual(outer);
    expect(maskArea(maskOfClicks([inner, outer], [click(1, 1)])!)).toBe(0);
  });

  it('beside the object take the smaller masks away again', () => {
    const ring = maskOfClicks([inner, outer], [click(3, 3), click(8, 8, false)]);
    expect(maskArea(ring!)).toBe(16 * 16 - 6 * 6);
    expect(maskOfClicks([inner, outer], [click(8, 8, false), click(3, 3)])).toEqual(ring);
    const both = maskOfClicks([inner, other, outer], [click(3, 3), click(19.99, 20, false)]);
    expect(maskArea(both!)).toBe(16 * 16 - 9);
  });

  it('take a part rather than a whole that also holds what is beside the object', () => {
    const part = square(3, 13, 4);
    const clicks = [click(4, 14), click(8, 8, false)];
    expect(maskOfClicks([inner, outer, part], clicks)).toEqual(part);
    expect(maskOfClicks([outer], clicks)).toEqual(outer);
    expect(maskArea(maskOfClicks([outer], [click(8, 8, false)])!)).toBe(0);
  });

  it('find nothing among no masks', () => {
    expect(maskOfClicks([], [click(1, 1)])).toBeUndefined();
  });
});

describe('a box', () => {
  it('means the mask that overlaps it best', () => {
    expect(maskOfBox([outer, inner, other], [5, 5, 13, 13])).toBe(1);
    expect(maskOfBox([outer, inner, other], [0, 0, 20, 20])).toBe(0);
    expect(maskOfBox([outer, inner, other], [15, 15, 20, 20])).toBe(2);
  });

  it('that meets no mask means none', () => {
    expect(maskOfBox([inner], [0, 0, 5, 5])).toBeUndefined();
    expect(maskOfBox([], [0, 0, 5, 5])).toBeUndefined();
    expect(maskOfBox([inner], [-9, -9, -5, -5])).toBeUndefined();
  });
});

describe('words', () => {
  it('mean the mask whose picture fits best, by its own index, small ones left out', async () => {
    const masks = [outer, inner, square(0, 0, 11), other, square(9, 9, 11)];
    const asked: number[] = [];
    const similarities = [0.2, 0.9, 0.3, 0.8, 0.7];
    const best = await maskOfWords(masks.map(maskArea), async (index) => {
      asked.push(index);
      return similarities[index] as number;
    });
    expect(best).toBe(4);
    expect(asked).toEqual([0, 2, 4]);
  });

  it('mean none where all masks are small', async () => {
    expect(await maskOfWords([maskArea(inner)], async () => 1)).toBeUndefined();
  });
});
