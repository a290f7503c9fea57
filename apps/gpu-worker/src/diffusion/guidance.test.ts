import { describe, expect, it } from 'vitest';
import { combine, conditionings } from './guidance.ts';

const of = (...values: number[]) => Float32Array.from(values);

describe('guidance', () => {
  it('goes from the negative answer through the prompt’s and beyond', () => {
    const answers = [of(1, 2), of(2, 0)];
    expect(combine({ kind: 'text', scale: 3 }, answers)).toEqual(of(4, -4));
    expect(combine({ kind: 'text', scale: 1 }, answers)).toEqual(of(2, 0));
    expect(combine({ kind: 'text', scale: 0 }, answers)).toEqual(of(1, 2));
  });

  it('adds the instruction to what the image alone gives', () => {
    const [both, image, neither] = [of(7), of(3), of(1)];
    // 1 + 1.5 (3 - 1) + 2 (7 - 3)
    expect(combine({ kind: 'instruct', textScale: 2, imageScale: 1.5 }, [both, image, neither])).toEqual(
      of(12),
    );
  });

  it('is a text guidance when the image scale is 1', () => {
    const [both, image, neither] = [of(7, 1), of(3, 5), of(-9, 100)];
    expect(combine({ kind: 'instruct', textScale: 2.5, imageScale: 1 }, [both, image, neither])).toEqual(
      combine({ kind: 'text', scale: 2.5 }, [image, both]),
    );
  });

  it('can keep the deviation of the prompt’s own answer', () => {
    const answers = [of(0, 0, 0, 0), of(1, -1, 2, -2)];
    const full = combine({ kind: 'text', scale: 8, rescale: 1 }, answers);
    expect(Array.from(full)).toEqual([1, -1, 2, -2].map((value) => expect.closeTo(value, 5)));
    const half = combine({ kind: 'text', scale: 8, rescale: 0.5 }, answers);
    expect(Array.from(half)).toEqual([1, -1, 2, -2].map((value) => expect.closeTo(4.5 * value, 5)));
  });

  it('refuses answers that do not match its conditionings', () => {
    expect(conditionings({ kind: 'instruct', textScale: 1, imageScale: 1 })).toHaveLength(3);
    expect(() => combine({ kind: 'text', scale: 2 }, [of(1)])).toThrow(/expected 2 answers, got 1/);
  });
});
