import { expect, test } from 'vitest';
import { type ColourWord, colourWordOf } from './colour-word.ts';

const samples: readonly (readonly [ColourWord, number, number, number])[] = [
  ['red', 200, 20, 25],
  ['orange', 245, 140, 30],
  ['yellow', 250, 230, 40],
  ['green', 40, 150, 50],
  ['blue', 30, 70, 200],
  ['purple', 120, 40, 150],
  ['pink', 250, 150, 190],
  ['brown', 110, 70, 35],
  ['white', 245, 245, 245],
  ['grey', 128, 128, 128],
  ['black', 12, 12, 12],
];

test.each(samples)('%s is called so', (word, ...bytes) => {
  const image = { width: 1, height: 1, data: Float32Array.from(bytes, (value) => value / 255) };
  expect(colourWordOf(image, Float32Array.of(1))).toBe(word);
});

test('what has no colour for the most part is called by none', () => {
  const data = Float32Array.of(0.8, 0.1, 0.1, 0.1, 0.2, 0.8);
  const image = { width: 2, height: 1, data };
  expect(colourWordOf(image, Float32Array.of(1, 1))).toBeUndefined();
  expect(colourWordOf(image, Float32Array.of(1, 0.2))).toBe('red');
});
