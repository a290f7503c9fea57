import { expect, test } from 'vitest';
import { blended } from './blend.ts';

test('a blend lies between two sets of weights, by the share of the first', () => {
  const [own, other] = [Float32Array.of(1, -2, 0), Float32Array.of(5, 2, 0)];
  expect([...blended(own, other, 0.25)]).toEqual([4, 1, 0]);
  expect([...blended(own, other, 1)]).toEqual([...own]);
  expect(blended(own, undefined, 0.25)).toBe(own);
});

test('weights of another size are refused', () => {
  expect(() => blended(Float32Array.of(1), Float32Array.of(1, 2), 0.5)).toThrow('came 1 and 2');
});
