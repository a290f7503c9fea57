import { describe, expect, it } from 'vitest';
import { cocoLabels } from '../detect/coco-labels.ts';
import { captionOf, groupsOf } from './facts-caption.ts';
import { groupPhrase, placeBefore, sceneCaption, withArticle } from './grammar.ts';
import { type Noun, nounOfStored, nouns } from './nouns.ts';
import { readPhotoCaptions } from './photo-captions.ts';
import { endId, vocabularyOf } from './vocabulary.ts';

const noun = (one: string): Noun => nouns.find((known) => known.one === one) as Noun;

describe('groupPhrase', () => {
  it.each([
    ['a red car', { noun: noun('car'), count: 1, colour: 'red' }],
    ['an orange', { noun: noun('orange'), count: 1 }],
    ['an orange cat', { noun: noun('cat'), count: 1, colour: 'orange' }],
    ['two sheep', { noun: noun('sheep'), count: 2 }],
    ['three black buses', { noun: noun('bus'), count: 3, colour: 'black' }],
    ['five people', { noun: noun('person'), count: 5 }],
    ['many birds', { noun: noun('bird'), count: 6 }],
    ['a pair of blue scissors', { noun: noun('pair of scissors'), count: 1, colour: 'blue' }],
    ['two scissors', { noun: noun('pair of scissors'), count: 2 }],
  ])('says "%s"', (words, group) => {
    expect(groupPhrase(group)).toBe(words);
  });

  it('puts the article that is spoken', () => {
    expect(withArticle('umbrella')).toBe('an umbrella');
    expect(withArticle('white umbrella')).toBe('a white umbrella');
  });
});

describe('sceneCaption', () => {
  const [car, dog, cat] = [
    { noun: noun('car'), count: 1, colour: 'red' },
    { noun: noun('dog'), count: 2 },
    { noun: noun('cat'), count: 1 },
  ];

  it('lists things and says where they are', () => {
    expect(sceneCaption([car, dog], 'on grass')).toBe('a red car and two dogs on grass');
    expect(sceneCaption([car, dog, cat])).toBe('a red car, two dogs and a cat');
  });
});

describe('placeBefore', () => {
  it.each([
    ['a windmill on grass under a cloudy sky', 'on grass'],
    ['a white castle in a forest on a mountain', 'in front of a building'],
    ['a red fish in front of rocks under water', 'under water'],
    ['a green meadow in front of a mountain under a grey sky', 'on grass'],
    ['a tree with green leaves', 'in front of trees'],
    ['a hammer with a red handle on a white background', 'on a white background'],
    ['two brown dogs looking out of a window', undefined],
  ])('of "%s" is "%s"', (caption, place) => {
    expect(placeBefore(caption)).toBe(place);
  });
});

describe('captionOf', () => {
  const captions = new Map([['photo', 'a cow standing on grass']]);

  it('is the photo’s own where nothing was laid over it', () => {
    expect(captionOf({ photo: 'photo', things: [] }, captions)).toBe('a cow standing on grass');
  });

  it('counts things of one noun, whatever the stores call them, and names a colour that all have', () => {
    const things = [
      { stored: 'sofa', colour: 'red' },
      { stored: 'couch', colour: 'red' },
      { stored: 'dog', colour: 'brown' },
    ];
    expect(captionOf({ photo: 'photo', things }, captions)).toBe('two red couches and a brown dog on grass');
    const [first] = groupsOf([{ stored: 'dog', colour: 'brown' }, { stored: 'dog' }]);
    expect(first).toEqual({ noun: nounOfStored('dog'), count: 2 });
  });

  it('refuses a photo that nobody described', () => {
    expect(() => captionOf({ photo: 'other', things: [] }, captions)).toThrow(
      'photo-captions.tsv: expected a caption of other',
    );
  });
});

describe('nouns', () => {
  it('has one for every class of the detector', () => {
    const labels = nouns.flatMap(({ label }) => label ?? []);
    expect(labels.toSorted()).toEqual([...cocoLabels].sort());
  });

  it('gives no name of the stores two nouns', () => {
    const stored = nouns.flatMap((known) => known.stored);
    expect(new Set(stored).size).toBe(stored.length);
  });
});

describe('vocabularyOf', () => {
  it('has every word of every photo’s caption, each once, and the mark of the end where the configuration says', async () => {
    const captions = await readPhotoCaptions();
    const vocabulary = vocabularyOf(captions);
    expect(new Set(vocabulary).size).toBe(vocabulary.length);
    const missing = [...captions.values()].flatMap((caption) =>
      (caption.match(/[a-z]+/g) ?? []).filter((word) => !vocabulary.includes(word)),
    );
    expect(missing).toEqual([]);
    expect(vocabulary[endId]).toBe('[SEP]');
  });
});
