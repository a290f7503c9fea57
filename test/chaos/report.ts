// A run as a table that a person reads.
import type { Books } from './books.ts';
import { type Check, holds } from './invariants.ts';

/** A part of a run: what happened, and what must hold of the books for it. */
export interface Part {
  readonly title: string;
  readonly facts: Readonly<Record<string, number>>;
  readonly checks: (books: Books) => Check[];
}

/** The checks of one part of a run. */
export interface Section {
  readonly title: string;
  /** What happened, in figures. */
  readonly facts: Readonly<Record<string, number>>;
  readonly checks: readonly Check[];
}

/** Offenders that are shown of one invariant. */
const maxShown = 20;
const nameWidth = 38;
const numberWidth = 9;

/** Whether every invariant holds. */
export const isSound = (sections: readonly Section[]): boolean =>
  sections.every(({ checks }) => checks.every(holds));

/** The table. */
export function reportText(sections: readonly Section[]): string {
  const heading = row('', 'expected', 'found', '');
  return [heading, ...sections.flatMap(sectionLines)].join('\n');
}

function sectionLines({ title, facts, checks }: Section): string[] {
  const told = Object.entries(facts).map(([name, value]) => `${name} ${value.toLocaleString('en')}`);
  return ['', told.length === 0 ? title : `${title}: ${told.join(', ')}`, ...checks.flatMap(checkLines)];
}

function checkLines(check: Check): string[] {
  const { name, expected, found, offenders } = check;
  const shown = offenders.slice(0, maxShown).map((offender) => `      ${offender}`);
  const rest = offenders.length - shown.length;
  return [
    row(name, expected.toLocaleString('en'), found.toLocaleString('en'), holds(check) ? 'ok' : 'BROKEN'),
    ...shown,
    ...(rest > 0 ? [`      and ${rest} more`] : []),
  ];
}

function row(name: string, expected: string, found: string, verdict: string): string {
  return `  ${name.padEnd(nameWidth)}${expected.padStart(numberWidth)}${found.padStart(numberWidth)}  ${verdict}`.trimEnd();
}
