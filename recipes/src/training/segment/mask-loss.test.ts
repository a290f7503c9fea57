import { Session } from '@darkroom/gpu-worker/runtime/session';
import { graphOf, input } from '@darkroom/graph/value';
import { expect, test } from 'vitest';
import { maskFigures } from './mask-loss.ts';

async function figuresOf(logits: readonly number[], target: readonly number[]) {
  const shape = [1, 1, 2, 2];
  const graph = graphOf({ ...maskFigures(input('logits', shape), input('target', shape)) });
  await using session = await Session.compile(graph);
  const feeds = { logits: Float32Array.from(logits), target: Float32Array.from(target) };
  const { distance, iou } = await session.run<'distance' | 'iou'>(feeds);
  return { distance: Number(distance[0]), iou: Number(iou[0]) };
}

test('distance is focal and dice loss, by their definitions', async () => {
  const [logits, target] = [
    [1, -2, 0.5, 3],
    [1, 0, 1, 0],
  ] as const;
  const p = logits.map((x) => 1 / (1 + Math.exp(-x)));
  const focal = p.map((value, i) => {
    const right = target[i] === 1 ? value : 1 - value;
    return -0.5 * (1 - right) ** 2 * Math.log(right);
  });
  const shared = p.reduce((sum, value, i) => sum + value * (target[i] as number), 0);
  const sizes = p.reduce((sum, value, i) => sum + value + (target[i] as number), 0);
  const dice = 1 - (2 * shared + 1) / (sizes + 1);
  const mean = focal.reduce((sum, value) => sum + value, 0) / 4;
  expect((await figuresOf(logits, target)).distance).toBeCloseTo(20 * mean + dice, 5);
});

test('overlap is that of the halves above their thresholds', async () => {
  expect((await figuresOf([1, 1, -1, -1], [0.9, 0.2, 0.7, 0])).iou).toBeCloseTo(1 / 3, 5);
  expect((await figuresOf([-1, -1, -1, -1], [1, 0, 0, 0])).iou).toBe(0);
});
