import { colourIds, editIds, objectIds, type Strength, strengths } from '../edits.ts';
import { sampleInstruction, wordRequest } from './instruction.ts';
import { languages, pick } from './language.ts';
import { stableHash } from './notation.ts';
import { allWordings, speeches } from './wordings.ts';

/** How often each request is sampled, so that frequent words weigh as they will in training. */
const samplesPerRequest = 120;

/** How often each Han character counts beside its own occurrences, so that even the rare ones become one token. */
const hanFloor = 80;

/** What the tokenizer learns from: training sentences, every training wording once, and the names. The same on every run. */
export function* trainingTexts(): Generator<string> {
  let drawn = 0;
  const random = (): number => stableHash(`draw ${drawn++}`) / 2 ** 32;
  const characters = new Set<string>();
  for (const text of sentences(random)) {
    for (const character of text.match(/\p{Script=Han}/gu) ?? []) characters.add(character);
    yield text;
  }
  for (const character of characters) for (let i = 0; i < hanFloor; i++) yield character;
}

function* sentences(random: () => number): Generator<string> {
  const request = (id: (typeof editIds)[number], strength: Strength) => ({
    id,
    strength,
    object: pick(objectIds, random),
    colour: pick(colourIds, random),
  });
  for (const id of editIds) {
    for (const wording of allWordings(id)) {
      if (wording.split === 'train') yield wordRequest(wording, request(id, 'normal'), random);
    }
    for (const language of languages) {
      for (const strength of Object.keys(strengths) as Strength[]) {
        for (let i = 0; i < samplesPerRequest; i++) {
          yield sampleInstruction(request(id, strength), 'train', language, random);
        }
      }
    }
  }
  for (const { objects, colours, photo } of Object.values(speeches)) {
    yield* [...Object.values(objects), ...Object.values(colours), photo].flat();
  }
}
