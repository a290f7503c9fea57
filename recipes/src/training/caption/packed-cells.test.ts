import { describe, expect, it } from 'vitest';
import { packCells, unpackCells } from './packed-cells.ts';

const cells = {
  features: Float32Array.of(-0.375, 0, 1.5, 9),
  peaks: Float32Array.of(0, 0.4, 1, 0),
  colours: Float32Array.of(-1, 0.25),
};

describe('packCells', () => {
  it('comes back within half of a level, what lies beyond the range cut, in the asked row', () => {
    const batch = {
      features: new Float32Array(8),
      peaks: new Float32Array(8),
      colours: new Float32Array(4),
    };
    unpackCells(packCells(cells), batch, 1, 2);
    const expectRow = (actual: Float32Array, expected: number[], step: number): void => {
      expect([...actual.slice(0, expected.length)]).toEqual(expected.map(() => 0));
      expected.forEach((value, i) => {
        expect(Math.abs((actual[expected.length + i] as number) - value)).toBeLessThanOrEqual(
          step / 2 + 1e-6,
        );
      });
    };
    expectRow(batch.features, [-0.375, 0, 1.5, 6], 6.375 / 255);
    expectRow(batch.peaks, [0, 0.4, 1, 0], 1 / 255);
    expectRow(batch.colours, [-1, 0.25], 2 / 255);
  });
});
