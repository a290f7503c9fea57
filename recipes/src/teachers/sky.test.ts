import { describe, expect, it } from 'vitest';
import { dice } from '../dice.ts';
import type { Pixels } from '../pixels.ts';
import { drawScene } from './drawn-scene.ts';
import { coverage, hasSky, skyMask } from './sky.ts';

function painted(size: number, colour: (x: number, y: number) => readonly [number, number, number]): Pixels {
  const data = new Float32Array(size * size * 3);
  for (let index = 0; index < size * size; index += 1) {
    data.set(colour((index % size) / size, Math.floor(index / size) / size), index * 3);
  }
  return { width: size, height: size, data };
}

describe('skyMask', () => {
  it('covers the sky of drawn landscapes and not their ground', () => {
    for (let seed = 0; seed < 10; seed += 1) {
      const { sky } = drawScene(128, dice(seed, 1));
      const row = (y: number): number =>
        coverage({ width: 128, height: 1, data: sky.data.slice(y * 128, y * 128 + 128) });
      expect(row(10)).toBeGreaterThan(0.95);
      expect(row(115)).toBeLessThan(0.02);
    }
  });

  it('takes in clouds and ends at a roof of another colour', () => {
    const image = painted(96, (x, y) => {
      if (y > 0.5) return [0.5, 0.2, 0.15];
      return Math.hypot(x - 0.5, y - 0.25) < 0.12 ? [0.95, 0.95, 0.96] : [0.3, 0.5, 0.85];
    });
    const sky = skyMask(image);
    expect(coverage(sky)).toBeGreaterThan(0.46);
    expect(coverage(sky)).toBeLessThan(0.54);
  });

  it('finds none before a white studio backdrop', () => {
    const image = painted(96, (x, y) =>
      Math.hypot(x - 0.5, y - 0.5) < 0.3 ? [0.6, 0.2, 0.2] : [0.97, 0.97, 0.97],
    );
    expect(hasSky(skyMask(image))).toBe(false);
  });

  it('lets a clear blue reach the bottom around a tower', () => {
    const sky = skyMask(painted(96, (x) => (Math.abs(x - 0.5) < 0.2 ? [0.7, 0.6, 0.45] : [0.25, 0.45, 0.8])));
    expect(coverage(sky)).toBeGreaterThan(0.55);
    expect(coverage(sky)).toBeLessThan(0.65);
  });

  it('finds none in noise or in a strip of less than 8 %', () => {
    const random = dice(3, 0);
    expect(hasSky(skyMask(painted(96, () => [random(), random(), random()])))).toBe(false);
    expect(hasSky(skyMask(painted(96, (_, y) => (y < 0.05 ? [0.4, 0.6, 0.9] : [0.4, 0.3, 0.2]))))).toBe(
      false,
    );
  });
});
