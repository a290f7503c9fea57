import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NounBook, NounList } from '@darkroom/gpu-worker/vision/noun-book';
import { readQuery } from '@darkroom/gpu-worker/vision/noun-phrase';
import { expect, test } from 'vitest';
import { subKinds } from './sub-kinds.ts';
import { WordNet } from './wordnet.ts';

const embedded = join(import.meta.dirname, '../../../../weights/detect');

test('words of WordNet are kinds of a class, each with one meaning', () => {
  const licence = '  1 This software and database is provided\n';
  const synset = (offset: string, words: readonly string[], kinds: readonly string[] = []): string => {
    const count = words.length.toString(16).padStart(2, '0');
    const pointers = ['@ 00000001 n 0000', ...kinds.map((kind) => `~ ${kind} n 0000`)];
    const number = String(pointers.length).padStart(3, '0');
    return `${offset} 05 n ${count} ${words.map((word) => `${word} 0`).join(' ')} ${number} ${pointers.join(' ')} | a gloss\n`;
  };
  const senses = (word: string, ...offsets: readonly string[]): string =>
    `${word} n ${offsets.length} 2 @ ~ ${offsets.length} 0 ${offsets.join(' ')}  \n`;
  const net = new WordNet({
    'data.noun':
      licence +
      synset('00000010', ['bird'], ['00000020', '00000030', '00000050']) +
      synset('00000020', ['duck'], ['00000040']) +
      synset('00000030', ['Anas_platyrhynchos', 'Anatidae', 'cock', 'purple_finch', 'trill']) +
      synset('00000040', ['mallard', "Bewick's_duck"], ['00000010']) +
      synset('00000050', ['cookie-bird'], ['00000060']) +
      synset('00000060', ['cookie-chick']),
    'index.noun':
      licence +
      senses('bird', '00000010') +
      senses('duck', '00000099', '00000020') +
      ['anas_platyrhynchos', 'anatidae', 'purple_finch', 'trill', 'genus_anas']
        .map((word) => senses(word, '00000030'))
        .join('') +
      senses('cock', '00000030', '00000098') +
      ['mallard', "bewick's_duck"].map((word) => senses(word, '00000040')).join('') +
      ['cookie-bird', 'cookie-chick'].map((word) => senses(word, '00000050')).join(''),
    'index.adj': licence,
    'index.verb': `${licence}trill v 1 1 @ 1 0 00000001\n`,
  });
  expect(net.kindsOf('duck#2')).toContain('mallard');
  expect(() => net.kindsOf('duck#3')).toThrow('came "duck#3"');
  const [kinds, ...more] = subKinds(net, (word) => word === 'bird', 'bird: bird#1 -cookie-bird#1');
  expect(more).toEqual([]);
  expect(kinds).toEqual({
    labels: ['bird'],
    english: ["bewick's duck", 'mallard', 'purple finch'],
    chinese: [],
  });
});

test('words of the embedded detector name kinds, and no part of another thing', async () => {
  const list = NounList.parse(JSON.parse(await readFile(join(embedded, 'nouns.json'), 'utf8')));
  const book = new NounBook(list);
  const labelsOf = (query: string) => readQuery(query, book).flatMap(({ noun }) => noun.labels);
  for (const [query, label] of [
    ['two mallards', 'bird'],
    ['the golden retriever', 'dog'],
    ['a red station wagon', 'car'],
    ['the rocking chair', 'chair'],
    ["Grevy's zebra", 'zebra'],
  ] as const)
    expect(labelsOf(query), query).toEqual([label]);
  for (const query of ['the bumper of the car', 'boxer', 'quasar'])
    expect(labelsOf(query), query).not.toContain('wine glass');
  expect(labelsOf('quasar')).toEqual([]);
});
