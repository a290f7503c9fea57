/** The edge's glossary against the grammar that the embedded edit model is trained on. */
import { phrasesOf } from '@darkroom/edge/prompt/glossary';
import { colours, objects } from '@darkroom/edge/prompt/names';
import { type EditWishes, readEdits, wordEdits } from '@darkroom/edge/prompt/read-edit';
import {
  connectors,
  type Degree,
  type EditId,
  pairs,
  pairWordings,
  wordings,
} from '@darkroom/edge/prompt/wordings';
import { colourIds, editIds, objectIds } from '@darkroom/recipes/edits';
import { compounds } from '@darkroom/recipes/grammar/compound';
import { sampleInstruction } from '@darkroom/recipes/grammar/instruction';
import { type Language, languages } from '@darkroom/recipes/grammar/language';
import { fillSlots } from '@darkroom/recipes/grammar/notation';
import { allWordings, speeches, type Wording } from '@darkroom/recipes/grammar/wordings';
import { describe, expect, it } from 'vitest';

const degrees: readonly Degree[] = ['slight', 'normal', 'strong'];
/** Draws that add no politeness, full stop or other spelling. */
const plainDraw = { en: () => 0.5, zh: () => 0.1 } as const;

/** All ways to fill the slots of a text, the outermost of `slots` last. */
function* fillings(text: string, slots: Readonly<Record<string, readonly string[]>>): Generator<string> {
  const slot = Object.keys(slots).find((name) => text.includes(`{${name}`));
  if (slot === undefined) yield text;
  else
    for (const choice of slots[slot] as readonly string[]) {
      const filled = fillSlots(text, (name, words) => {
        if (name === slot) return choice.replaceAll('*', () => words);
        return words === '' ? `\u0001${name}\u0002` : `\u0001${name}:${words}\u0002`;
      });
      yield* fillings(filled.replaceAll('\u0001', '{').replaceAll('\u0002', '}'), slots);
    }
}

/** Every sentence that a training wording gives at a strength, in plain dress; objects and colours as slots. */
function* sentencesOf(wording: Wording, degree: Degree): Generator<string> {
  const speech = speeches[wording.language];
  const grades = Object.entries(speech.degrees).map(([name, choices]) => [name, choices[degree]] as const);
  const slots = {
    object: ['OBJECT'],
    colour: ['COLOUR'],
    it: [...new Set([...speech.pronouns, ...speech.photo])],
    photo: [...new Set(speech.photo)],
    ...Object.fromEntries(grades),
  };
  const ends = wording.isGraded ? [''] : speech.afterthoughts[degree];
  for (const text of fillings(wording.text, slots))
    for (const end of ends) yield speech.dress(text + end, false, plainDraw[wording.language]);
}

const trained = new Map<string, ReadonlySet<string>>(
  editIds.flatMap((id) =>
    languages.flatMap((language) => {
      const own = allWordings(id).filter((one) => one.language === language && one.split === 'train');
      // What has no strength is asked for plainly.
      const said = (degree: Degree): Degree => (id === 'keep' || id === 'remove_object' ? 'normal' : degree);
      return degrees.map(
        (degree) =>
          [
            `${id}/${language}/${degree}`,
            new Set(own.flatMap((wording) => [...sentencesOf(wording, said(degree))])),
          ] as const,
      );
    }),
  ),
);

const slotted = (sentence: string): string =>
  sentence.replace('{object}', 'OBJECT').replace('{colour}', 'COLOUR');
const meaningIn = (wishes: EditWishes | undefined): string | undefined =>
  wishes?.map(({ id }) => id).join('+');

describe('the wordings of the edge', () => {
  it('cover exactly the edits, objects and colours that the model is taught', () => {
    expect(Object.keys(wordings)).toEqual([...editIds]);
    expect(Object.keys(objects)).toEqual([...objectIds]);
    expect(Object.keys(colours)).toEqual([...colourIds]);
  });

  it.each(editIds)('for %s are all sentences of the training grammar at their strength', (id) => {
    for (const language of languages) {
      for (const degree of degrees) {
        const sentence = slotted(wordings[id][language][degree]);
        const known = trained.get(`${id}/${language}/${degree}`);
        expect(known?.has(sentence), `${language} ${degree}: ${sentence}`).toBe(true);
      }
    }
  });

  it('name objects and colours as the grammar does', () => {
    for (const language of languages) {
      const speech = speeches[language];
      for (const id of objectIds)
        expect(new Set(objects[id][language][0].split('|'))).toEqual(new Set(speech.objects[id]));
      for (const id of colourIds)
        for (const name of colours[id][language][0].split('|')) expect(speech.colours[id]).toContain(name);
    }
  });

  it('join only pairs that the model is taught, as it is taught', () => {
    const taught = new Set(compounds.map(([first, second]) => `${first}+${second}`));
    expect(new Set(pairs.map(([first, second]) => `${first}+${second}`))).toEqual(taught);
    expect([...taught]).toEqual(expect.arrayContaining(Object.keys(pairWordings)));
    expect(connectors).toEqual({ en: ' and ', zh: '，' });
  });
});

describe('the glossary of the edge', () => {
  it.each(languages)('turns every %s phrase into the wording of its edit', (language) => {
    const wrong: string[] = [];
    for (const [phrase, meaning] of phrasesOf(language)) {
      const wishes = readEdits(phrase, language);
      if (meaningIn(wishes) !== meaning) wrong.push(`${phrase}: ${meaningIn(wishes)}, expected ${meaning}`);
      else if (wishes?.length === 1) {
        const known = trained.get(`${meaning}/${language}/${wishes[0].degree}`);
        if (!known?.has(wordEdits(wishes, language))) wrong.push(`${phrase}: unknown wording`);
      }
    }
    expect(wrong, wrong.join('\n')).toEqual([]);
  });

  it('has at least 8 phrases per edit and language', () => {
    for (const language of languages) {
      const counts = Map.groupBy(phrasesOf(language), ([, meaning]) => meaning);
      for (const id of editIds.filter((id) => id !== 'recolour_object' && id !== 'remove_object'))
        expect(counts.get(id)?.length, `${language} ${id}`).toBeGreaterThanOrEqual(8);
    }
  });

  it.each(languages.flatMap((language) => editIds.map((id) => [language, id] as const)))(
    'never takes a %s sentence of the grammar for %s for another edit',
    (language: Language, id: EditId) => {
      const wrong = new Set<string>();
      let understood = 0;
      let seed = 1;
      const random = (): number => {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        return seed / 2 ** 32;
      };
      const count = 600;
      for (let i = 0; i < count; i++) {
        const request = { id, strength: degrees[i % 3] as Degree, object: 'car', colour: 'red' } as const;
        const sentence = sampleInstruction(request, 'any', language, random);
        const wishes = readEdits(sentence, language);
        if (wishes === undefined) continue;
        understood++;
        const [wish] = wishes;
        const isGraded = id !== 'keep' && id !== 'remove_object';
        if (meaningIn(wishes) !== id) wrong.add(`${sentence} -> ${meaningIn(wishes)}`);
        else if (isGraded && wish.degree !== request.strength)
          wrong.add(`${sentence} -> ${wish.degree}, not ${request.strength}`);
      }
      expect([...wrong], [...wrong].join('\n')).toEqual([]);
      expect(understood / count).toBeGreaterThan(0.3);
    },
  );
});
