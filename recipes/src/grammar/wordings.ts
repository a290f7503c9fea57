import { type EditId, editIds } from '../edits.ts';
import { chinese } from './chinese/speech.ts';
import { english } from './english/speech.ts';
import { type Language, languages, type Speech } from './language.ts';
import { expand, stableHash } from './notation.ts';

/** One way to put an edit into words: choices made, slots open. */
export interface Wording {
  readonly id: EditId;
  readonly language: Language;
  /** May contain slots; no `~`. */
  readonly text: string;
  /** Whether it is a command, before which "please" or "can you" may stand. */
  readonly isCommand: boolean;
  /** Whether a slot in it says how strongly. */
  readonly isGraded: boolean;
  readonly split: 'train' | 'heldout';
  /** The template it came from; templates are held out whole. */
  readonly template: string;
}

export const speeches: Readonly<Record<Language, Speech>> = { en: english, zh: chinese };

const heldoutShare = 0.15;
const heldoutTemplates = 3;

/** The words or characters of a wording that its slots do not fill. */
export function unitsOf(wording: string, speech: Speech): readonly string[] {
  return speech.units(wording.replaceAll(/\{[a-z]+\}|\{[a-z]+:|[{}]/gu, ' '));
}

/**
 * The templates of one edit that training never sees: in the order of their hash, each whose words all occur in what is left
 * for training, until there are three and they make 15 % of the wordings.
 */
function chooseHeldout(
  expanded: ReadonlyMap<string, readonly string[]>,
  speech: Speech,
): ReadonlySet<string> {
  const units = new Map(
    [...expanded].map(([template, texts]) => [
      template,
      new Set(texts.flatMap((text) => unitsOf(text, speech))),
    ]),
  );
  const uses = new Map<string, number>();
  for (const own of units.values()) for (const unit of own) uses.set(unit, (uses.get(unit) ?? 0) + 1);
  const total = [...expanded.values()].reduce((sum, texts) => sum + texts.length, 0);
  const heldout = new Set<string>();
  let held = 0;
  for (const template of [...expanded.keys()].sort((a, b) => stableHash(a) - stableHash(b))) {
    if (heldout.size >= heldoutTemplates && held >= heldoutShare * total) break;
    const own = [...(units.get(template) ?? [])];
    const count = expanded.get(template)?.length ?? 0;
    const isTooLarge = held + count > 1.3 * heldoutShare * total;
    if (template.startsWith('!') || isTooLarge || own.some((unit) => (uses.get(unit) ?? 0) < 2)) continue;
    for (const unit of own) uses.set(unit, (uses.get(unit) ?? 0) - 1);
    heldout.add(template);
    held += count;
  }
  return heldout;
}

function wordingsOf(id: EditId, language: Language): readonly Wording[] {
  const speech = speeches[language];
  const taken = new Set<string>();
  const expanded = new Map<string, readonly string[]>();
  for (const template of speech.templates[id]) {
    const texts = expand(template.replace(/^[!~]+/u, '')).filter((text) => !taken.has(text));
    for (const text of texts) taken.add(text);
    if (texts.length > 0) expanded.set(template, texts);
  }
  const heldout = chooseHeldout(expanded, speech);
  return [...expanded].flatMap(([template, texts]) =>
    texts.map((text) => ({
      id,
      language,
      text,
      isCommand: !/^!?~/u.test(template),
      isGraded: Object.keys(speech.degrees).some((slot) => text.includes(`{${slot}:`)),
      split: heldout.has(template) ? ('heldout' as const) : ('train' as const),
      template,
    })),
  );
}

const wordings: ReadonlyMap<EditId, readonly Wording[]> = new Map(
  editIds.map((id) => [id, languages.flatMap((language) => wordingsOf(id, language))]),
);

/** Every wording of an edit in both languages, in a stable order. */
export function allWordings(id: EditId): readonly Wording[] {
  const own = wordings.get(id);
  if (own === undefined) throw new TypeError(`expected an edit of the closed list, came ${String(id)}`);
  return own;
}
