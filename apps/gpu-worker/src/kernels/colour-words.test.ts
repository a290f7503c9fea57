import { expect, it } from 'vitest';
import { readRecolouring, wantedColour } from './colour-words.ts';

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
  ['make the car red', 'the car', 'red'],
  ['Please turn the red car BLUE!', 'the red car', 'blue'],
  ['could you paint my bike in green, please?', 'my bike', 'green'],
  ["change the dog's colour to black", 'the dog', 'black'],
  ['change the colour of the bus to white.', 'the bus', 'white'],
  ['make the cat look pink', 'the cat', 'pink'],
  ['把猫变成绿色', '猫', 'green'],
  ['请把红色的车染成蓝色的吧', '红色的车', 'blue'],
  ['把小狗的颜色改成粉红色。', '小狗', 'pink'],
])('%j recolours %s alone', (instruction, thing, colour) => {
  expect(readRecolouring(instruction)).toEqual({ thing, colour });
});

it.each([
  'make the car red and the sky pink',
  'make the car red and add snow',
  'make it black and white',
  'turn the photo into a black and white one',
  'make the car and the bus red',
  'make the car shiny',
  'make it red',
  'turn the whole picture blue',
  '把照片变成红色',
  'a red car',
  '把汽车变成红色，天空变成粉色',
  '把猫和狗变成绿色',
  '变成红色',
  `make ${' '.repeat(1990)}x`,
  ' .'.repeat(1000),
  `make the very ${'long '.repeat(30)} car red`,
])('%j asks for something else, too', (instruction) => {
  expect(readRecolouring(instruction)).toBeUndefined();
});
