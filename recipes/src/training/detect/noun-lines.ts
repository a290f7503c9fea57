/** A thing and what it is called. */
export interface NamedNoun {
  /** Classes of the detector that are it, or that it looks like. */
  readonly labels: string[];
  readonly english: string[];
  readonly chinese: string[];
}

/**
 * Reads lines of the form `class+class: english words | 中文`, where `_` stands for a blank within a word.
 * @throws Error naming a line of another form
 */
export function readNouns(text: string): NamedNoun[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const match = /^([^:]*):([^|]*)\|(.*)$/.exec(line);
    if (!match) throw new Error(`expected "class: english | chinese", came "${line}"`);
    const [, classes = '', english = '', chinese = ''] = match;
    return {
      labels: classes.split('+').flatMap((name) => name.trim() || []),
      english: wordsOf(english),
      chinese: wordsOf(chinese),
    };
  });
}

function wordsOf(text: string): string[] {
  const words = text.trim().split(/\s+/);
  return words.flatMap((word) => (word === '' ? [] : word.replaceAll('_', ' ')));
}
