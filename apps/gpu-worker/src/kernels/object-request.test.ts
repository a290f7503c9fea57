import { expect, it } from 'vitest';
import { readObjectRequest, wantsGone } from './object-request.ts';

it.each([
  ['make the car red', 'car', 'red'],
  ['Please turn the red car BLUE!', 'red car', 'blue'],
  ['could you paint my bike in green, please?', 'bike', 'green'],
  ['change the colour of the traffic light to black', 'traffic light', 'black'],
  ['the hat should be violet', 'hat', 'purple'],
  ['red dog!', 'dog', 'red'],
  ['make the chair dark blue', 'chair', 'blue'],
  ['把猫变成绿色', '猫', 'green'],
  ['请把红车染成蓝色的吧', '红车', 'blue'],
  ['把小狗的颜色改成粉红色。', '小狗', 'pink'],
  ['把画面里的红绿灯变成蓝色', '红绿灯', 'blue'],
])('%j gives %s another colour', (instruction, thing, colour) => {
  expect(readObjectRequest(instruction)).toEqual({ thing, colour });
  expect(wantsGone(instruction)).toBe(false);
});

it.each([
  ['remove the dog', 'dog'],
  ["I don't want the red car in this picture", 'red car'],
  ['Could you edit the hat out of it?', 'hat'],
  ['no more cat', 'cat'],
  ['the cup has to go', 'cup'],
  ['去掉帽子', '帽子'],
  ['帮我把这张照片里的小狗删掉，谢谢！', '小狗'],
  ['让气球消失', '气球'],
])('%j wants %s gone', (instruction, thing) => {
  expect(readObjectRequest(instruction)).toEqual({ thing });
  expect(wantsGone(instruction)).toBe(true);
});

it.each(['remove it', '把它去掉'])('%j wants something gone without naming it', (instruction) => {
  expect(wantsGone(instruction)).toBe(true);
  expect(readObjectRequest(instruction)).toBeUndefined();
});

it.each([
  'make the car red and the sky pink',
  'make it a snowy night with a red car',
  'make it black and white',
  'make the car and the bus red',
  'remove the dog and the cat',
  'remove the blur from the dog',
  'make the car shiny',
  'make it red',
  '把照片变成红色',
  '把汽车变成红色，天空变成粉色',
  '把猫和狗变成绿色',
  '黑白照片',
  `make ${' '.repeat(1990)}x`,
  ' .'.repeat(1000),
  `make the very ${'long '.repeat(30)} car red`,
])('%j asks for something else, too', (instruction) => {
  expect(readObjectRequest(instruction)).toBeUndefined();
});
