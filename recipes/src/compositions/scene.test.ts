import { describe, expect, test } from 'vitest';
import { dice } from '../dice.ts';
import { drawnSources } from './drawn-sources.ts';
import { boxOf, composeScene } from './scene.ts';

const size = { width: 96, height: 72 };
const sources = drawnSources([90, 110, 90], [230, 20, 20]);
const scenes = Array.from({ length: 12 }, (_, i) => composeScene(sources, size, dice(4, i), ['render']));
const at = (data: Float32Array, i: number): number => data[i] as number;

describe('a composed scene', () => {
  test('is the same for the same dice', () => {
    expect(composeScene(sources, size, dice(4, 0), ['render'])).toEqual(scenes[0]);
    expect(scenes[1]?.image.data).not.toEqual(scenes[0]?.image.data);
  });

  test('is red exactly where its masks say that red things are', () => {
    let checked = 0;
    for (const { image, instances } of scenes) {
      // Things of which too little is left are no instances, but red all the same.
      const isWhole = instances.length > 0;
      for (let i = 0; i < size.width * size.height; i++) {
        const cover = instances.reduce((sum, { mask }) => sum + at(mask.data, i), 0);
        const redness = at(image.data, i * 3) - at(image.data, i * 3 + 1);
        if (cover > 0.9) expect(redness).toBeGreaterThan(0.1);
        if (isWhole && redness > 0.15) checked += cover > 0.02 ? 1 : 0;
      }
    }
    expect(checked).toBeGreaterThan(1000);
  });

  test('shares each pixel among its things', () => {
    for (const { instances } of scenes) {
      for (let i = 0; i < size.width * size.height; i++) {
        const cover = instances.reduce((sum, { mask }) => sum + at(mask.data, i), 0);
        expect(cover).toBeLessThanOrEqual(1.0001);
      }
    }
  });

  test('names its things, their colour and their box', () => {
    const all = scenes.flatMap(({ instances }) => instances);
    expect(all.length).toBeGreaterThan(8);
    for (const { noun, box, mask } of all) {
      expect(noun).toBe('disc');
      expect(box).toEqual(boxOf(mask));
    }
    expect(all.filter(({ colour }) => colour === 'red').length).toBeGreaterThan(all.length / 2);
  });

  test('holds pieces of photos, which have no name', () => {
    const { instances } = composeScene(sources, size, dice(5, 1), ['patch']);
    expect(instances.length).toBeGreaterThan(0);
    expect(instances.every(({ noun }) => noun === undefined)).toBe(true);
  });
});

test('a box holds what is at least half covered', () => {
  const data = Float32Array.of(0, 0.4, 0.5, 0, 0, 0.2, 1, 0.9);
  expect(boxOf({ width: 4, height: 2, data })).toEqual([2, 0, 4, 2]);
  expect(boxOf({ width: 4, height: 2, data: data.map(() => 0.3) })).toBeUndefined();
});
