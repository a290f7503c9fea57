import { Session } from '@darkroom/gpu-worker/runtime/session';
import { addMark } from '@darkroom/gpu-worker/vision/prompt-map';
import { graphOf, input } from '@darkroom/graph/value';
import { expect, test } from 'vitest';
import { correctiveClick } from './corrective-click.ts';

const [width, height] = [24, 20];

/** A plane that is `inside` within a rectangle and `outside` elsewhere. */
function plane(inside: number, outside: number, [x0, y0, x1, y1]: readonly [number, number, number, number]) {
  return Float32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x >= x0 && x < x1 && y >= y0 && y < y1 ? inside : outside;
  });
}

async function clickOn(logits: Float32Array, target: Float32Array, chance = target.map(() => 1)) {
  const shape = [1, 1, height, width];
  const click = correctiveClick(input('logits', shape), input('target', shape), input('chance', shape));
  await using session = await Session.compile(graphOf({ ...click }));
  const { points, kinds, mark } = await session.run<'points' | 'kinds' | 'mark'>({ logits, target, chance });
  return { points: [...points].map(Number), kind: Number(kinds[0]), mark: mark as Float32Array };
}

const target = plane(1, 0, [4, 4, 15, 15]);

test('what was left out is clicked in its middle, as inside', async () => {
  const { points, kind, mark } = await clickOn(plane(-3, -3, [0, 0, 1, 1]), target);
  expect(kind).toBe(1);
  // Pixel 9, 9 of the mask; its centre is at 4 · 9 + 2, and half a pixel is added later.
  expect(points).toEqual([37.5, 37.5]);
  const drawn = new Float32Array(width * width);
  addMark(drawn, width, [38, 38], true);
  expect(mark).toEqual(drawn.subarray(0, width * height));
});

test('what was taken too much is clicked as outside', async () => {
  const { points, kind } = await clickOn(plane(3, -3, [4, 4, 24, 15]), target);
  expect(kind).toBe(0);
  expect(points[0]).toBeGreaterThan(4 * 15);
});

test('no click goes where there is no chance', async () => {
  const chance = plane(0, 1, [8, 0, 24, 20]);
  const { points } = await clickOn(plane(-3, -3, [0, 0, 1, 1]), target, chance);
  expect(points[0]).toBeLessThan(4 * 8);
});
