import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../../../test/support/procedural-photo.ts';
import { equationSize, identityMap, mapSize, solveRidge, writeMoments } from './affine-fit.ts';

const wanted = Float64Array.of(0.7, 0.1, -0.2, 0.05, 0, 1.3, 0.1, -0.1, 0.4, 0.4, 0.4, 0.2);

/** Sums the equations of `count` colours drawn by `draw`, each mapped by `wanted`. */
function equationsOf(count: number, draw: () => readonly [number, number, number]): Float64Array {
  const equations = new Float64Array(equationSize);
  const moments = new Float64Array(equationSize);
  for (let i = 0; i < count; i++) {
    const source = Float32Array.from(draw());
    const target = new Float32Array(3).map((_, c) =>
      [...source, 1].reduce((sum, value, k) => sum + value * (wanted[c * 4 + k] as number), 0),
    );
    writeMoments(moments, source, target, 0);
    for (let k = 0; k < equationSize; k++) equations[k] = (equations[k] as number) + (moments[k] as number);
  }
  return equations;
}

function solved(equations: Float64Array, ridge: { slope: number; offset: number }): Float64Array {
  const maps = new Float64Array(mapSize);
  solveRidge({ values: equations, base: 0 }, { maps: identityMap, from: 0 }, ridge, { maps, to: 0 });
  return maps;
}

describe('solveRidge', () => {
  const random = randomNumbers(5);

  it('recovers the map that made the targets', () => {
    const maps = solved(
      equationsOf(200, () => [random(), random(), random()]),
      { slope: 1e-6, offset: 1e-6 },
    );
    maps.forEach((value, k) => {
      expect(Math.abs(value - (wanted[k] as number))).toBeLessThan(1e-4);
    });
  });

  it('gives the prior where nothing was seen', () => {
    expect(solved(new Float64Array(equationSize), { slope: 1, offset: 1 })).toEqual(identityMap);
  });

  it('stays finite and right on the colours seen when they lie on a line', () => {
    const grey = equationsOf(100, () => {
      const level = random();
      return [level, level, level];
    });
    const maps = solved(grey, { slope: 1e-4, offset: 1e-6 });
    for (let c = 0; c < 3; c++) {
      const row = maps.subarray(c * 4, c * 4 + 4);
      const rowWanted = wanted.subarray(c * 4, c * 4 + 4);
      const atHalf = (values: Float64Array): number =>
        values.subarray(0, 3).reduce((sum, slope) => sum + slope / 2, values[3] as number);
      expect(Math.abs(atHalf(row) - atHalf(rowWanted))).toBeLessThan(1e-3);
    }
  });

  it('is nearer to the prior the stronger the ridge', () => {
    const equations = equationsOf(50, () => [random(), random(), random()]);
    const distance = (ridge: number): number =>
      Math.hypot(
        ...solved(equations, { slope: ridge, offset: ridge }).map((v, k) => v - (identityMap[k] as number)),
      );
    expect(distance(0.1)).toBeGreaterThan(distance(10));
    expect(distance(10)).toBeGreaterThan(distance(1000));
    expect(distance(1e9)).toBeLessThan(1e-6);
  });
});
