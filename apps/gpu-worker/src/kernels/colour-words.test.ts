import { expect, it } from 'vitest';
import { colourOf, wantedColour } from './colour-words.ts';

it.each([
  ['make the car red', '', 'red'],
  ['Turn the red car BLUE', '', 'blue'],
  ['make the white dog', 'the white dog', undefined],
  ['把汽车变成红色', '', 'red'],
  ['把红色的车变成粉红色', '', 'pink'],
  ['把车涂成粉色', '', 'pink'],
  ['make it black and white', '', undefined],
  ['变成黑白照片', '', undefined],
  ['fix the white balance', '', undefined],
  ['make it a starry night', '', undefined],
  ['a greenish tint', '', undefined],
  ['红酒', '', undefined],
])('%j beside %j asks for %s', (instruction, known, colour) => {
  expect(wantedColour(instruction, known)).toBe(colour);
});

it.each([
  ['Violet', 'purple'],
  ['红', 'red'],
  ['粉红', 'pink'],
  ['redden', undefined],
])('%s is %s', (word, colour) => {
  expect(colourOf(word)).toBe(colour);
});
