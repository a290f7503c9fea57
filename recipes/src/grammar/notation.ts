/**
 * The notation of templates: `(a|b)` chooses, `[a]` may be left out (`[a|b]` too), `{slot}` and `{slot:words}` are filled
 * when a request is worded. A leading `~` marks words that are no command ("winter", "it should be warmer"), so that
 * "can you" never stands before them; a leading `!` marks the plainest wordings, which are never held out of training.
 */

/** Everything a template can say once each choice is made; slots stay. Order is fixed, repeats are dropped. */
export function expand(template: string): readonly string[] {
  const [texts, end] = readChoices(template, 0);
  if (end < template.length) throw new TypeError(`template closes a group it never opened: ${template}`);
  return [...new Set(texts.map((text) => text.replaceAll(/\s+/gu, ' ').replaceAll(' }', '}').trim()))];
}

function readChoices(template: string, start: number): [string[], number] {
  const choices: string[] = [];
  let current = [''];
  let position = start;
  while (position < template.length) {
    const char = template[position] as string;
    if (char === ')' || char === ']') break;
    position++;
    if (char === '|') {
      choices.push(...current);
      current = [''];
    } else if (char === '(' || char === '[') {
      const [inner, end] = readChoices(template, position);
      if (template[end] !== (char === '(' ? ')' : ']'))
        throw new TypeError(`template leaves a group open: ${template}`);
      const parts = char === '[' ? ['', ...inner] : inner;
      current = current.flatMap((head) => parts.map((part) => head + part));
      position = end + 1;
    } else {
      current = current.map((head) => head + char);
    }
  }
  return [[...choices, ...current], position];
}

/** FNV-1a of the text's UTF-16 units with a final mix: the same number for the same text on every machine. */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x45d9f3b);
  return (hash ^ (hash >>> 15)) >>> 0;
}

const innermostSlot = /\{([a-z]+)(?::([^{}]*))?\}/gu;

/** Replaces each slot, inner ones first, by what `fill` answers. */
export function fillSlots(wording: string, fill: (slot: string, words: string) => string): string {
  let text = wording;
  while (text.includes('{')) {
    const filled = text.replaceAll(innermostSlot, (_, slot: string, words: string | undefined) =>
      fill(slot, words ?? ''),
    );
    if (filled === text) throw new TypeError(`wording has a slot that cannot be read: ${wording}`);
    text = filled;
  }
  return text;
}
