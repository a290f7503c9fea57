import { describe, expect, it } from 'vitest';
import { type EditRequest, editIds, type Strength, strengths } from '../edits.ts';
import { sampleInstruction, wordRequest } from './instruction.ts';
import { languages } from './language.ts';
import { expand } from './notation.ts';
import { allWordings, speeches, unitsOf, type Wording } from './wordings.ts';

/** A small generator of uniform numbers, so that each test draws the same sentences. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const requestFor = (id: EditRequest['id'], strength: Strength): EditRequest => ({
  id,
  strength,
  object: 'car',
  colour: 'red',
});

/** Every sentence of a wording at a strength, without politeness, with one name per thing. */
function sentences(wording: Wording, strength: Strength): readonly string[] {
  const request = requestFor(wording.id, strength);
  const degrees = Object.values(speeches[wording.language].degrees).map(
    (choices) => choices[strength].length,
  );
  const count = wording.isGraded ? Math.max(...degrees) : 1;
  return Array.from({ length: count }, (_, index) =>
    wordRequest(wording, request, () => (index + 0.5) / count),
  );
}

const strengthNames = Object.keys(strengths) as readonly Strength[];

describe('the instruction grammar', () => {
  it.each(editIds)('words %s in at least 25 English and 20 Chinese templates', (id) => {
    const templatesOf = (language: string): number =>
      new Set(
        allWordings(id)
          .filter((wording) => wording.language === language)
          .map((wording) => wording.template),
      ).size;
    expect(templatesOf('en')).toBeGreaterThanOrEqual(25);
    expect(templatesOf('zh')).toBeGreaterThanOrEqual(20);
  });

  it.each(editIds)('holds out at least 3 templates of %s per language, 15 %% of its wordings', (id) => {
    for (const language of languages) {
      const own = allWordings(id).filter((wording) => wording.language === language);
      const heldout = own.filter((wording) => wording.split === 'heldout');
      expect(new Set(heldout.map((wording) => wording.template)).size).toBeGreaterThanOrEqual(3);
      expect(heldout.length / own.length).toBeGreaterThanOrEqual(0.12);
      expect(heldout.length / own.length).toBeLessThanOrEqual(0.2);
    }
  });

  it.each(editIds)('uses in held-out wordings of %s only words that its training wordings use', (id) => {
    for (const language of languages) {
      const own = allWordings(id).filter((wording) => wording.language === language);
      const unitsIn = (split: string): ReadonlySet<string> =>
        new Set(
          own
            .filter((wording) => wording.split === split)
            .flatMap((wording) => unitsOf(wording.text, speeches[language])),
        );
      expect([...unitsIn('heldout').difference(unitsIn('train'))]).toEqual([]);
    }
  });
});

describe('sentences of the grammar', () => {
  it('never gives one sentence to two edits, nor to training and the held-out set', () => {
    const owners = new Map<string, string>();
    const clashes = new Set<string>();
    for (const id of editIds) {
      for (const wording of allWordings(id)) {
        for (const sentence of strengthNames.flatMap((strength) => sentences(wording, strength))) {
          const owner = `${id}/${wording.split}`;
          const known = owners.get(sentence.toLowerCase());
          if (known !== undefined && known !== owner) clashes.add(`${sentence}: ${known} and ${owner}`);
          owners.set(sentence.toLowerCase(), owner);
        }
      }
    }
    expect([...clashes]).toEqual([]);
    expect(owners.size).toBeGreaterThan(40_000);
  });

  it('says a slight, a plain and a strong wish in different words', () => {
    for (const id of editIds.filter((id) => id !== 'keep' && id !== 'remove_object')) {
      for (const language of languages) {
        const said = strengthNames.map((strength) => {
          const random = numbersFrom(7);
          return new Set(
            Array.from({ length: 100 }, () =>
              sampleInstruction(requestFor(id, strength), 'any', language, random).toLowerCase(),
            ),
          );
        });
        const [slight, normal, strong] = said as [Set<string>, Set<string>, Set<string>];
        expect([
          ...slight.intersection(normal),
          ...slight.intersection(strong),
          ...normal.intersection(strong),
        ]).toEqual([]);
      }
    }
  });

  it('draws the same sentence from the same numbers', () => {
    const draw = (seed: number): readonly string[] => {
      const random = numbersFrom(seed);
      return editIds.map((id) => sampleInstruction(requestFor(id, 'strong'), 'train', 'zh', random));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('leaves no slot unfilled', () => {
    const random = numbersFrom(3);
    for (const id of editIds) {
      for (let i = 0; i < 200; i++) {
        const language = i % 2 === 0 ? 'en' : 'zh';
        const text = sampleInstruction(
          requestFor(id, strengthNames[i % 3] as Strength),
          'any',
          language,
          random,
        );
        expect(text).not.toMatch(/[{}()[\]|*~]|\s\s|^\s|\s$/u);
        if (language === 'en') expect(text).not.toMatch(/\ban? an? |\p{Script=Han}/iu);
      }
    }
  });
});

describe('requests in words', () => {
  it.each([
    ['black_and_white', ['black and white', 'b&w', '黑白']],
    ['snow', ['winter', '下雪', '冬天']],
    ['night', ['turn day into night', '把白天变成夜晚', 'make {it} night']],
    ['sky_pink', ['把天空变成粉色', 'make the sky {adj:pink}']],
    [
      'recolour_object',
      ['make the {object} {adj:{colour}}', 'paint the {object} {colour}', '把{object}变成{colour}'],
    ],
    [
      'remove_object',
      ['remove the {object}', 'erase the {object} from {it}', '把{object}去掉', '删除{object}'],
    ],
    ['keep', ['keep {it} as it is', 'do nothing', 'no changes', '保持原样', '不要改变']],
  ] as const)('knows the plain words for %s', (id, texts) => {
    expect(allWordings(id).map((wording) => wording.text)).toEqual(expect.arrayContaining([...texts]));
  });

  it('names the colour and the object that the request names', () => {
    const request: EditRequest = { id: 'recolour_object', strength: 'normal', object: 'bus', colour: 'blue' };
    const random = numbersFrom(11);
    for (let i = 0; i < 100; i++) {
      expect(sampleInstruction(request, 'any', 'en', random).toLowerCase()).toMatch(/bus.*blue|blue.*bus/u);
      expect(sampleInstruction(request, 'any', 'zh', random)).toMatch(/蓝/u);
    }
  });

  it('refuses a request without the object it needs', () => {
    expect(() =>
      sampleInstruction({ id: 'remove_object', strength: 'normal' }, 'any', 'en', numbersFrom(1)),
    ).toThrow('expected object in a request for remove_object');
  });
});

describe('the notation', () => {
  it('expands choices, optional parts and nested groups in order', () => {
    expect(expand('a (b|c[d]) e')).toEqual(['a b e', 'a c e', 'a cd e']);
    expect(expand('[the] sky {x:(p|q)}')).toEqual([
      'sky {x:p}',
      'sky {x:q}',
      'the sky {x:p}',
      'the sky {x:q}',
    ]);
  });

  it('refuses groups that do not close', () => {
    expect(() => expand('make (it')).toThrow('leaves a group open');
    expect(() => expand('make it)')).toThrow('never opened');
  });
});
