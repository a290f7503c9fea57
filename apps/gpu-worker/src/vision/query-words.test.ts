import { expect, it } from 'vitest';
import { bareName, photoPhrase } from './query-words.ts';

it.each([
  ['the red car', 'red car'],
  ['  A   dog ', 'dog'],
  ['my cat', 'cat'],
  ['anteater', 'anteater'],
  ['the', 'the'],
  ['红色的汽车', '红色的汽车'],
])('%j is called %j', (phrase, name) => {
  expect(bareName(phrase)).toBe(name);
});

it('makes a caption of a name, and leaves a caption as it is', () => {
  expect(photoPhrase('the dog')).toBe('a photo of a dog');
  expect(photoPhrase(' a photo of two dogs')).toBe('a photo of two dogs');
  expect(photoPhrase('photograph')).toBe('a photo of a photograph');
});
