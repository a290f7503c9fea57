import { expect, test } from 'vitest';
import { addMark, drawPrior, markLogit, maskLimit } from './prompt-map.ts';

const side = 5;
const rowsOf = (plane: Float32Array): number[][] =>
  Array.from({ length: side }, (_, y) => [...plane.subarray(y * side, (y + 1) * side)]);

test('a box is weakly inside and strongly outside, by the middles of the pixels', () => {
  const plane = new Float32Array(side * side);
  drawPrior(plane, side, {
    box: [
      [5, 3],
      [14.5, 11],
    ],
  });
  const [o, i] = [-maskLimit, 2];
  expect(rowsOf(plane)).toEqual([
    [o, o, o, o, o],
    [o, i, i, i, o],
    [o, i, i, i, o],
    [o, o, o, o, o],
    [o, o, o, o, o],
  ]);
});

test('an earlier answer goes before the box, within limits', () => {
  const plane = new Float32Array(4);
  const mask = Float32Array.of(-20, -1, 3, 20);
  drawPrior(plane, 2, {
    mask,
    box: [
      [0, 0],
      [8, 8],
    ],
  });
  expect([...plane]).toEqual([-maskLimit, -1, 3, maskLimit]);
  expect([...mask]).toEqual([-20, -1, 3, 20]);
});

test('a click marks the pixels around it, as far as there are any', () => {
  const plane = new Float32Array(side * side);
  addMark(plane, side, [19.9, 0], true);
  addMark(plane, side, [6, 14], false);
  const m = markLogit;
  expect(rowsOf(plane)).toEqual([
    [0, 0, 0, m, m],
    [0, 0, 0, m, m],
    [-m, -m, -m, 0, 0],
    [-m, -m, -m, 0, 0],
    [-m, -m, -m, 0, 0],
  ]);
});
