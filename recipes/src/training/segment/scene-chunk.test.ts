import { expect, test } from 'vitest';
import { drawnSources } from '../../compositions/drawn-sources.ts';
import { dice } from '../../dice.ts';
import { drawPrompt } from './prompts.ts';
import { maskStride, prepareScene } from './scene-chunk.ts';

const side = 96;
const plane = side / maskStride;
const sources = drawnSources([80, 100, 120], [240, 240, 20]);
const scenes = await Promise.all(
  Array.from({ length: 10 }, (_, i) => prepareScene(sources, side, dice(8, i))),
);
const instances = scenes.flatMap((scene) => scene.instances.map((instance) => ({ scene, instance })));
const maskAt = (mask: Uint8Array, x: number, y: number): number =>
  mask[Math.floor(y / maskStride) * plane + Math.floor(x / maskStride)] as number;

test('a scene fills one side of the square, and the rest is black', () => {
  for (const { image, size } of scenes) {
    expect(Math.max(size.width, size.height)).toBe(side);
    expect(Math.min(size.width, size.height) % maskStride).toBe(0);
    for (let i = 0; i < side * side; i++) {
      const isPadding = i % side >= size.width || Math.floor(i / side) >= size.height;
      if (isPadding) expect(image[i * 3]).toBe(0);
    }
  }
});

test('places inside are inside, places outside are not', () => {
  expect(instances.length).toBeGreaterThan(8);
  for (const { instance } of instances) {
    const { mask, inside, outside } = instance;
    for (let i = 0; i < inside.length; i += 2)
      expect(maskAt(mask, inside[i]!, inside[i + 1]!)).toBeGreaterThan(127);
    for (let i = 0; i < outside.length; i += 2)
      expect(maskAt(mask, outside[i]!, outside[i + 1]!)).toBeLessThan(16);
  }
});

test('a first prompt has at most four tokens: clicks and a lack of a box, or corners', () => {
  const random = dice(1, 0);
  const kinds = Array.from({ length: 300 }, (_, i) =>
    drawPrompt(instances[i % instances.length]!.instance, random).map(([, , kind]) => kind),
  );
  for (const tokens of kinds) {
    expect(tokens.length).toBeLessThanOrEqual(4);
    expect(tokens.includes('none')).toBe(!tokens.includes('topLeft'));
  }
  const single = kinds.filter((tokens) => tokens.length === 2 && tokens.includes('foreground'));
  expect(single.length / kinds.length).toBeCloseTo(0.45, 1);
});
