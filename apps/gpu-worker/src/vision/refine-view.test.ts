import { describe, expect, test } from 'vitest';
import { extentOf, placeWindow, refineFeeds, windowAround } from './refine-view.ts';
import { fitSquare } from './sam-image.ts';

const size = { width: 200, height: 100 };
const fit = fitSquare(size, 80);

/** Logits of 20 × 20 on a square of 80 for a picture of 200 × 100: 1 where `isInside` says so at the middle of a pixel, else -1. */
function answerOf(isInside: (x: number, y: number) => boolean) {
  const data = Float32Array.from({ length: 400 }, (_, i) =>
    isInside(((i % 20) + 0.5) * 10, (Math.floor(i / 20) + 0.5) * 10) ? 1 : -1,
  );
  return { logits: { width: 20, height: 20, data }, fit };
}
const block = answerOf((x, y) => x > 50 && x < 90 && y > 20 && y < 60);

describe('the extent of what is meant', () => {
  test('is the box, where there is one', () => {
    expect(extentOf({ box: [1, 2, 3, 4], points: [{ x: 60, y: 30, isInside: true }] }, block)).toEqual([
      1, 2, 3, 4,
    ]);
  });

  test('is what the answer shows, and the clicks on it', () => {
    const points = [
      { x: 100, y: 30, isInside: true },
      { x: 10, y: 10, isInside: false },
    ];
    expect(extentOf({ points: [] }, block)).toEqual([50, 20, 90, 60]);
    expect(extentOf({ points }, block)).toEqual([50, 20, 100, 60]);
  });

  test('ends where the picture ends, and is nothing where nothing is shown', () => {
    expect(
      extentOf(
        {},
        answerOf((_, y) => y > 80),
      ),
    ).toEqual([0, 80, 200, 100]);
    expect(
      extentOf(
        {},
        answerOf((_, y) => y > 120),
      ),
    ).toBeUndefined();
    expect(
      extentOf(
        { points: [{ x: 5, y: 6, isInside: true }] },
        answerOf(() => false),
      ),
    ).toEqual([5, 6, 5, 6]);
  });
});

describe('a window', () => {
  test('is twice as long as the longer side, around the middle', () => {
    expect(windowAround([80, 40, 110, 60], size)).toEqual([65, 20, 125, 80]);
  });

  test('stays in the picture, and has a least size', () => {
    expect(windowAround([0, 0, 30, 20], size)).toEqual([0, 0, 60, 60]);
    expect(windowAround([190, 90, 200, 100], size)).toEqual([152, 52, 200, 100]);
    expect(windowAround([20, 10, 180, 90], size)).toEqual([0, 0, 200, 100]);
  });
});

describe('feeds of a refiner', () => {
  const side = 32;
  const plane = 16 * 16;
  const picture = {
    ...size,
    channels: 3 as const,
    data: Uint8Array.from({ length: 200 * 100 * 3 }, (_, i) => (i % 3 === 0 ? Math.floor(i / 3) % 200 : 7)),
  };
  const window = [40, 10, 104, 42] as const;
  const prompt = {
    box: [50, 20, 90, 60] as const,
    points: [
      { x: 60, y: 30, isInside: true },
      { x: 98, y: 16, isInside: false },
    ],
  };
  const feeds = refineFeeds(picture, { window, prompt, answer: block, side });

  test('show the window, fitted into the square', () => {
    expect(feeds.fit).toEqual({
      original: { width: 64, height: 32 },
      scaled: { width: 32, height: 16 },
      side,
    });
    expect(feeds.image).toHaveLength(3 * side * side);
    // Two columns of the picture make one of the square.
    expect(feeds.image[5]).toBeCloseTo(51);
    expect(feeds.image[side * side]).toBe(7);
    expect(feeds.image[16 * side]).toBe(0);
  });

  test('tell answer, box and clicks at half the resolution, and nothing in the padding', () => {
    const at = (channel: number, column: number, row: number): number =>
      feeds.guide[channel * plane + row * 16 + column] as number;
    // Four pixels of the picture make one of the guide: column 5 is 60 to 64, row 5 is 30 to 34.
    expect(at(0, 5, 5)).toBe(1);
    expect(at(0, 0, 0)).toBe(-1);
    // Half-way between a pixel outside and one inside.
    expect(at(0, 2, 5)).toBeCloseTo(0);
    expect([at(1, 5, 5), at(1, 1, 5), at(1, 2, 5), at(1, 5, 1)]).toEqual([1, -1, 1, -1]);
    expect([at(2, 5, 5), at(2, 14, 1), at(2, 9, 7), at(2, 7, 5), at(2, 8, 5)]).toEqual([1, -1, 0, 1, 0]);
    for (const channel of [0, 1, 2]) expect(at(channel, 5, 8)).toBe(0);
  });

  test('count the answer no more than 4 logits', () => {
    const sure = { ...block, logits: { ...block.logits, data: block.logits.data.map((value) => 9 * value) } };
    const { guide } = refineFeeds(picture, { window, prompt, answer: sure, side });
    expect(guide[5 * 16 + 5]).toBe(4);
    expect(guide[0]).toBe(-4);
  });
});

test('a refined window lies where it was cut out, at the size of the photo', () => {
  const window = [40, 10, 104, 42] as const;
  const placed = { original: { width: 64, height: 32 }, scaled: { width: 32, height: 16 }, side: 32 };
  const data = Float32Array.from({ length: 256 }, (_, i) => (i % 16 >= 8 && i < 128 ? 1 : -1));
  const whole = { width: 400, height: 200 };
  const mask = placeWindow({ width: 16, height: 16, data }, placed, { window, size: whole, share: 2 });
  expect(mask).toMatchObject(whole);
  const row = (y: number): number[] =>
    [...mask.data.subarray(y * 400, (y + 1) * 400).keys()].filter((x) => mask.data[y * 400 + x] === 1);
  expect(row(19)).toEqual([]);
  expect(row(20)).toEqual(Array.from({ length: 64 }, (_, i) => 144 + i));
  expect(row(60)).toHaveLength(64);
  expect(row(84)).toEqual([]);
});
