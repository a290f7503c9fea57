import { describe, expect, it } from 'vitest';
import { NounBook, NounList } from './noun-book.ts';
import { readQuery } from './noun-phrase.ts';

const book = new NounBook(
  NounList.parse([
    { labels: ['dog'], english: ['dog', 'puppy'], chinese: ['狗', '小狗'] },
    { labels: ['cat'], english: ['cat'], chinese: ['猫', '猫咪'] },
    { labels: ['cow'], english: ['cow', 'calf'], chinese: ['牛', '奶牛'] },
    { labels: ['car'], english: ['car', 'police car'], chinese: ['车', '汽车'] },
    { labels: ['person'], english: ['man', 'men'], chinese: ['人', '男人'] },
    { labels: ['orange'], english: ['orange'], chinese: ['橙子'] },
    { labels: ['hot dog'], english: ['hot dog'], chinese: ['热狗'] },
    { labels: ['bus'], english: ['bus'], chinese: ['公交车'] },
    { labels: ['cup'], english: ['cup'], chinese: ['杯子'] },
    { labels: ['knife'], english: ['knife'], chinese: ['刀'] },
    { labels: ['dog', 'cat', 'cow'], english: ['animal'], chinese: ['动物'] },
    { labels: ['fork', 'spoon'], english: ['fork and knife'], chinese: ['餐具'] },
  ]),
);

/** Labels and colours of what is read, `label:colour+colour`. */
const read = (query: string): string[] =>
  readQuery(query, book).map(({ noun, colours }) =>
    [noun.labels.join('+'), ...(colours.length > 0 ? [colours.join('+')] : [])].join(':'),
  );

describe('an English query', () => {
  it.each([
    ['dog', ['dog']],
    ['  The DOG. ', ['dog']],
    ['a photo of a puppy', ['dog']],
    ['two big brown puppies', ['dog:brown']],
    ['the red car', ['car:red']],
    ['police cars', ['car']],
    ['orange', ['orange']],
    ['an orange cat', ['cat:orange']],
    ['hot dogs', ['hot dog']],
    ['buses', ['bus']],
    ['knives', ['knife']],
    ['calves', ['cow']],
    ['black-and-white cow', ['cow:black+white']],
    ['dogs and cats', ['dog', 'cat']],
    ['a white cat or a black dog', ['cat:white', 'dog:black']],
    ['dog, cat', ['dog', 'cat']],
    ['fork and knife', ['fork+spoon']],
    ['the man in the red car', ['person']],
    ['cup of tea', ['cup']],
    ['the red cup of tea', ['cup:red']],
    ['animals', ['dog+cat+cow']],
  ])('%j names %j', (query, expected) => {
    expect(read(query)).toEqual(expected);
  });

  it.each(['spaceship', 'dog house', 'in the car park', '', 'the', 'red'])(
    '%j names nothing known',
    (query) => {
      expect(read(query)).toEqual([]);
    },
  );
});

describe('a Chinese query', () => {
  it.each([
    ['狗', ['dog']],
    ['小狗', ['dog']],
    ['一只小狗。', ['dog']],
    ['两辆红色的汽车', ['car:red']],
    ['红色的车', ['car:red']],
    ['红车', ['car:red']],
    ['深蓝色汽车', ['car:blue']],
    ['黑白相间的奶牛', ['cow:black+white']],
    ['图片里的所有猫咪', ['cat']],
    ['左边的男人', ['person']],
    ['狗和猫', ['dog', 'cat']],
    ['可爱的猫', ['cat']],
    ['公交车', ['bus']],
    ['热狗', ['hot dog']],
    ['动物', ['dog+cat+cow']],
  ])('%j names %j', (query, expected) => {
    expect(read(query)).toEqual(expected);
  });

  it.each(['犀牛', '机器人', '飞船', '热水瓶'])('%j names nothing known: its end is no word', (query) => {
    expect(read(query)).toEqual([]);
  });
});
