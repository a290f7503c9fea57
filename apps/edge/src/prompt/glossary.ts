/** What people say, and which edits of the embedded model they mean by it. */
import { chinesePairs, chineseSayings } from './glossary-chinese.ts';
import { englishPairs, englishSayings } from './glossary-english.ts';
import { coreOf } from './phrase.ts';
import type { EditId, Speech } from './wordings.ts';

/** Every phrase with what it means: one edit or `first+second`. */
export function* phrasesOf(speech: Speech): Generator<readonly [phrase: string, meaning: string]> {
  const tables = { en: [englishSayings, englishPairs], zh: [chineseSayings, chinesePairs] }[speech];
  for (const [meaning, phrases] of tables.flatMap((table) => Object.entries(table))) {
    for (const phrase of phrases.trim().split(/\s*[|\n]\s*/u)) yield [phrase, meaning];
  }
}

const meaningsOf = (speech: Speech): ReadonlyMap<string, string> =>
  new Map([...phrasesOf(speech)].map(([phrase, meaning]) => [coreOf(phrase, speech), meaning]));

const meanings: Readonly<Record<Speech, ReadonlyMap<string, string>>> = {
  en: meaningsOf('en'),
  zh: meaningsOf('zh'),
};

/** Verbs that may lead a phrase without changing what it means. */
const leads =
  /^(?:(?:add|apply|use|include|bring|introduce|more|some|even) |(?:paint|colour|dye|tint|recolour|repaint|replace|swap) (?=sky))/u;

/** The edits that a core of `coreOf` asks for; undefined when the glossary does not know it. */
export function meaningOf(core: string, speech: Speech): readonly EditId[] | undefined {
  for (let rest = core; ; ) {
    const meaning = meanings[speech].get(rest);
    if (meaning !== undefined) return meaning.split('+') as EditId[];
    const shorter = rest.replace(leads, '');
    if (shorter === rest) return undefined;
    rest = shorter;
  }
}
