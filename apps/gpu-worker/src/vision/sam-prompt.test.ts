import { describe, expect, it } from 'vitest';
import { pointKinds } from '../models/sam/prompt-encoder.ts';
import { fitSquare } from './sam-image.ts';
import {
  assertPrompt,
  chooseAnswer,
  promptTokens,
  type SamPrompt,
  slotCount,
  tokenCount,
} from './sam-prompt.ts';

const size = { width: 200, height: 100 };
const click = (x: number, y: number, isInside = true) => ({ x, y, isInside });
const { foreground, background, topLeft, bottomRight, none, absent } = pointKinds;

describe('tokens of a prompt', () => {
  const fit = fitSquare(size, 400);

  it('are its clicks and one for the lack of a box, in pixels of the square', () => {
    const prompts = [{ points: [click(10, 20), click(50, 60, false)] }];
    const { points, kinds } = promptTokens(prompts, fit, 4);
    expect([...points]).toEqual([20, 40, 100, 120, 0, 0, 0, 0]);
    expect([...kinds].map(Number)).toEqual([foreground, background, none, absent]);
  });

  it('are the corners of a box', () => {
    const prompts: SamPrompt[] = [{ box: [1, 2, 3, 4] }, { points: [click(5, 6)], box: [7, 8, 9, 10] }];
    const { points, kinds } = promptTokens(prompts, fit, 4);
    expect([...points]).toEqual([2, 4, 6, 8, 0, 0, 0, 0, 10, 12, 14, 16, 18, 20, 0, 0]);
    expect([...kinds].map(Number)).toEqual([
      topLeft,
      bottomRight,
      absent,
      absent,
      foreground,
      topLeft,
      bottomRight,
      absent,
    ]);
  });

  it('take a number of slots that few sessions can serve', () => {
    expect([1, 2, 4, 5, 8, 9, 33].map(slotCount)).toEqual([4, 4, 4, 8, 8, 16, 64]);
    expect(tokenCount({ points: [click(1, 1)] })).toBe(2);
    expect(tokenCount({ points: [click(1, 1)], box: [0, 0, 1, 1] })).toBe(3);
    expect(tokenCount({ mask: new Float32Array(4) })).toBe(1);
  });
});

describe('the answer to a prompt', () => {
  const scores = [0.99, 0.3, 0.8, 0.5];

  it('is the best alternative where it may mean several things', () => {
    expect(chooseAnswer({ points: [click(1, 1)] }, scores)).toBe(2);
    expect(chooseAnswer({ box: [0, 0, 1, 1] }, scores)).toBe(2);
  });

  it('is the single one where the prompt says more, or where there is no other', () => {
    expect(chooseAnswer({ points: [click(1, 1), click(2, 2)] }, scores)).toBe(0);
    expect(chooseAnswer({ points: [click(1, 1)], box: [0, 0, 1, 1] }, scores)).toBe(0);
    expect(chooseAnswer({ points: [click(1, 1)], mask: new Float32Array(4) }, scores)).toBe(0);
    expect(chooseAnswer({ points: [click(1, 1)] }, [0.1])).toBe(0);
  });
});

describe('a bad prompt', () => {
  const fieldOf = (prompt: SamPrompt): unknown => {
    try {
      assertPrompt(prompt, size, 16);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it.each([
    ['nothing at all', {}, 'points', 'expected at least one point, a box or a mask, got none'],
    ['a point outside', { points: [click(0, 0), click(201, 5)] }, 'points.1', 'got 201, 5'],
    ['a point that is no number', { points: [click(Number.NaN, 5)] }, 'points.0', 'got NaN, 5'],
    ['a box without area', { box: [5, 5, 5, 9] }, 'box', 'expected x0 < x1 and y0 < y1, got 5, 5, 5, 9'],
    ['a box outside', { box: [-1, 5, 5, 9] }, 'box', 'expected a box in the picture of 200×100'],
    ['a mask of another size', { mask: new Float32Array(9) }, 'mask', 'expected 16 logits, got 9'],
  ] as const)('with %s is refused by the name of its field', (_title, prompt, field, words) => {
    expect(fieldOf(prompt)).toMatchObject({
      code: 'invalid_request',
      details: { field },
      message: expect.stringContaining(words),
    });
  });

  it('is not one at the very edge of the picture', () => {
    expect(fieldOf({ points: [click(0, 0), click(200, 100)], box: [0, 0, 200, 100] })).toBeUndefined();
  });
});
