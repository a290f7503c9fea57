/** Nouns of WordNet (Miller 1995) in the files of its release, `wndb(5WN)`: what is a kind of what. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Synset {
  /** As they are written, `_` for a blank. */
  readonly words: readonly string[];
  /** Offsets of its kinds. */
  readonly kinds: readonly string[];
}

/** Files of the release that are read. */
export const wordNetFiles = ['data.noun', 'index.noun', 'index.adj', 'index.verb'] as const;
type WordNetFile = (typeof wordNetFiles)[number];

/** Which nouns are kinds of which. */
export class WordNet {
  readonly #synsets: ReadonlyMap<string, Synset>;
  /** Synsets of each lower-case word, the most frequent sense first. */
  readonly #senses: ReadonlyMap<string, readonly string[]>;
  /** Lower-case words that are adjectives or verbs, too. */
  readonly #others: ReadonlySet<string>;

  constructor(texts: Readonly<Record<WordNetFile, string>>) {
    this.#synsets = new Map(linesOf(texts['data.noun']).map((line) => readSynset(line)));
    this.#senses = new Map(linesOf(texts['index.noun']).map((line) => readSenses(line)));
    const others = [...linesOf(texts['index.adj']), ...linesOf(texts['index.verb'])];
    this.#others = new Set(others.map((line) => line.slice(0, line.indexOf(' '))));
  }

  /** @param folder with the files of {@link wordNetFiles} */
  static async read(folder: string): Promise<WordNet> {
    const read = wordNetFiles.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]);
    return new WordNet(Object.fromEntries(await Promise.all(read)) as Record<WordNetFile, string>);
  }

  /**
   * Words for everything that is a kind of a sense, itself included, with blanks as `_`.
   * @param sense word and number, the most frequent being 1: `table#2`
   * @throws Error naming a sense that there is not
   */
  kindsOf(sense: string): string[] {
    const [word = '', number = ''] = sense.split('#');
    const offset = this.#senses.get(word)?.[Number(number) - 1];
    if (offset === undefined) throw new Error(`expected a sense of WordNet, came "${sense}"`);
    const seen = new Set<string>();
    const visit = (at: string): void => {
      if (seen.has(at)) return;
      seen.add(at);
      for (const kind of this.#synsets.get(at)?.kinds ?? []) visit(kind);
    };
    visit(offset);
    return [...seen].flatMap((at) => this.#synsets.get(at)?.words ?? []);
  }

  /** Whether a word is a noun. */
  has(word: string): boolean {
    return this.#senses.has(word.toLowerCase());
  }

  /** Whether a word is a noun in one sense and nothing else. */
  isUnmistakable(word: string): boolean {
    const lower = word.toLowerCase();
    return this.#senses.get(lower)?.length === 1 && !this.#others.has(lower);
  }
}

/** Lines after the licence, which is set in by two blanks. */
function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('  '));
}

/** `offset file type count word id word id … pointers symbol offset type source/target …` with the count in hexadecimal. */
function readSynset(line: string): [string, Synset] {
  const fields = line.split('|', 1)[0]?.trim().split(' ') as string[];
  const count = Number.parseInt(fields[3] as string, 16);
  const words = Array.from({ length: count }, (_, i) => fields[4 + 2 * i] as string);
  const pointers = fields.slice(5 + 2 * count);
  const kinds = pointers.flatMap((field, i) =>
    i % 4 === 0 && field === '~' && pointers[i + 2] === 'n' ? [pointers[i + 1] as string] : [],
  );
  return [fields[0] as string, { words, kinds }];
}

/** `word type senses pointers symbol … senses tagged offset …` */
function readSenses(line: string): [string, string[]] {
  const fields = line.trim().split(' ');
  return [fields[0] as string, fields.slice(-Number(fields[2]))];
}
