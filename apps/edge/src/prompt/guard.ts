/** What a rewriter's answer may not do: leak its instructions, bring in what nobody asked for, or lose the subject. */
import { ages, brands, names, nudity } from './guard-terms.ts';
import { colours, objects, singularsOf, subjects } from './names.ts';
import { foldText } from './normalise.ts';
import type { RewriteAnswer, RewriteRequest, Rewriter } from './rewrite.ts';
import type { Speech } from './wordings.ts';

const isChineseWord = (term: string): boolean => /\p{Script=Han}/u.test(term);

/** Folded text with spaces for all but letters, digits and Han characters, so that words can be sought as ` word `. */
const spaced = (text: string): string =>
  ` ${foldText(text)
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;

function has(text: string, term: string): boolean {
  const sought = spaced(term);
  return isChineseWord(term) ? text.includes(sought.trim()) : text.includes(sought);
}

function addsTerm(original: string, answer: string, terms: readonly string[]): boolean {
  const before = spaced(original);
  const after = spaced(answer);
  return terms.some((term) => has(after, term) && !has(before, term));
}

/** Capital letters at a sentence's start say nothing; inside it they make a name. */
function addsName(original: string, answer: string): boolean {
  const before = spaced(original);
  const inside = answer.replaceAll(/(?:^|[.!?\n]\s*)["']?\p{Lu}/gu, '');
  const capitalised = inside.match(/(?<!\p{L})\p{Lu}\p{Ll}[\p{L}'’-]*/gu) ?? [];
  const titles = answer.match(/《[^》]+》/gu) ?? [];
  return (
    capitalised.some((word) => !before.includes(spaced(word))) ||
    titles.some((title) => !original.includes(title)) ||
    addsTerm(original, answer, names)
  );
}

const links =
  /https?|www\.|:\/\/|\b[\w-]+\.(?:com|net|org|io|ai|app|dev|co|cn|me|xyz|info|ru|de|uk|tv|gg|ly)\b|@\w+\.\w/gu;

function addsLink(original: string, answer: string): boolean {
  const before = foldText(original);
  return (foldText(answer).match(links) ?? []).some((link) => !before.includes(link));
}

const letters = (text: string): string => foldText(text).replaceAll(/[^\p{L}\p{N}]+/gu, '');

const rot13 = (text: string): string =>
  text.replaceAll(/[a-z]/gu, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 84) % 26) + 97));

/** Words in a row that an answer may share with the instructions by chance. */
const sharedRun = 6;
/** Runs that no language writes without a space: hexadecimal, base64. */
const encoded = /(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-z])[\w+/=-]{16,}|[\w+/=-]{32,}/iu;

function leaks(original: string, text: string, { canary, instructions }: Leakable): boolean {
  const secret = letters(canary);
  const said = letters(text);
  const backwards = [...said].reverse().join('');
  if ([said, backwards, rot13(said)].some((reading) => reading.includes(secret))) return true;
  const code = encoded.exec(text)?.[0];
  if (code !== undefined && !original.includes(code)) return true;
  const own = spaced(instructions);
  const before = spaced(original);
  const words = spaced(text).trim().split(' ');
  return words.some((_, start) => {
    const run = words.slice(start, start + sharedRun);
    const sought = ` ${run.join(' ')} `;
    return run.length === sharedRun && own.includes(sought) && !before.includes(sought);
  });
}

const conceptTables: readonly (readonly [string, Readonly<Record<Speech, string>>])[] = [
  ...[...Object.entries(objects), ...Object.entries(colours)].map(
    ([id, named]) => [id, { en: named.en.join('|'), zh: named.zh.join('|') }] as const,
  ),
  ...Object.entries(subjects),
];

const englishConcepts: ReadonlyMap<string, string> = new Map(
  conceptTables.flatMap(([id, { en }]) => en.split('|').map((name) => [name, id] as const)),
);
/** Longest first. One character alone may be part of any word: it is kept for objects, which are mostly called by one. */
const chineseConcepts: readonly (readonly [string, string])[] = conceptTables
  .flatMap(([id, { zh }]) => zh.split('|').map((name) => [name, id] as const))
  .filter(([name, id]) => name.length > 1 || id in objects)
  .sort(([a], [b]) => b.length - a.length);

/** The things and colours that a text names, by id. */
export function conceptsOf(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  let chinese = foldText(text);
  const words = chinese.match(/[a-z]+/gu) ?? [];
  words.forEach((_, start) => {
    for (let length = 1; length <= 3; length++) {
      const name = words.slice(start, start + length);
      const last = name.pop() ?? '';
      const id = singularsOf(last).map((form) => englishConcepts.get([...name, form].join(' ')));
      for (const known of id) if (known !== undefined) found.add(known);
    }
  });
  for (const [name, id] of chineseConcepts) {
    if (!chinese.includes(name)) continue;
    found.add(id);
    chinese = chinese.replaceAll(name, ' ');
  }
  return found;
}

/** Words long enough to mean something; where a script writes no spaces, its characters. */
const contentWords = (text: string): ReadonlySet<string> =>
  new Set(
    foldText(text).match(/\p{Script=Han}|[a-z]{4,}|(?:(?![a-z]|\p{Script=Han})[\p{L}\p{M}]){2,}/gu) ?? [],
  );

/** How much of what is wanted is kept, 0 to 1; of nothing, nothing. */
const share = (wanted: ReadonlySet<string>, kept: ReadonlySet<string>): number =>
  wanted.size === 0 ? 0 : wanted.intersection(kept).size / wanted.size;

const leastConcepts = 0.8;
const leastWords = 0.5;

/** Whether the answer is about what the request is about. Translated words that the glossary does not know count as lost. */
function keepsSubject({ prompt, family }: RewriteRequest, answer: string): boolean {
  if (answer === prompt) return true;
  const concepts = conceptsOf(prompt);
  if (concepts.size > 0) return share(concepts, conceptsOf(answer)) >= leastConcepts;
  // The embedded model hears one of few plain wordings, whose words are seldom the client's.
  return family === 'embedded' || share(contentWords(prompt), contentWords(answer)) >= leastWords;
}

type Leakable = Pick<Rewriter, 'canary' | 'instructions'>;

/**
 * Why an answer must not be used; undefined when it may be.
 *
 * The subject is kept when 0.8 of the things and colours that the glossary knows in the original are in the answer, or, where
 * it knows none, half of the original's own words. What a picture should not show may name anything but links and secrets.
 */
export function refuse(
  request: RewriteRequest,
  { prompt, negative, notes }: RewriteAnswer,
  rewriter: Leakable,
): string | undefined {
  const original = request.prompt;
  const shown = [prompt, negative, ...notes];
  if (shown.some((text) => leaks(original, text, rewriter))) return 'it repeated its instructions';
  if (addsLink(original, shown.join('\n'))) return 'it added a link';
  if (addsName(original, prompt)) return 'it added a name';
  if (addsTerm(original, prompt, brands)) return 'it added a brand';
  if (addsTerm(original, prompt, ages)) return 'it added an age';
  if (addsTerm(original, prompt, nudity)) return 'it added nudity';
  return keepsSubject(request, prompt) ? undefined : 'it changed the subject';
}
