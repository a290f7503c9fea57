import { expect, test } from 'vitest';
import { nounOf } from './matte-sources.ts';
import { objectWords } from './object-words.ts';

test.each([
  ['Concept Sedan 01', 'concept sedan'],
  ['Sitting male', 'sitting man'],
  ['Female', 'woman'],
  ['Glass door cabinet', 'glass door cabinet'],
])('"%s" is called "%s"', (name, noun) => {
  expect(nounOf(name)).toBe(noun);
});

test('every drawing is asked for once', () => {
  expect(new Set(objectWords).size).toBe(objectWords.length);
  expect(objectWords.every((word) => /^[a-z0-9-]+$/.test(word))).toBe(true);
});
