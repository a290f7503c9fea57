import { expect, test } from 'vitest';
import { cocoWords } from './coco-words.ts';

test('each of the 80 labels has a word of its own in each language', () => {
  for (const words of Object.values(cocoWords)) expect(new Set(words).size).toBe(80);
  expect(cocoWords.zh[cocoWords.en.indexOf('giraffe')]).toBe('长颈鹿');
  expect(cocoWords.zh[cocoWords.en.indexOf('toothbrush')]).toBe('牙刷');
});
