/** The words of a recipe's command: what is wrong with them is one line and exit code 2. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { callerFolder } from '@darkroom/gpu-worker/cli/caller-folder';
import { parseFault, usageFault } from '@darkroom/gpu-worker/cli/usage-fault';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a reader of words; a fault of it ends the process with code 2 and one line on standard error. */
export function readWords<T>(command: string, read: () => T): T {
  try {
    return read();
  } catch (fault) {
    process.stderr.write(`${command}: ${fault instanceof Error ? fault.message : String(fault)}\n`);
    process.exit(2);
  }
}

/** Runs `parseArgs`. @throws invalid_request in one sentence that names the option */
export function parseWords<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw parseFault(cause);
  }
}

/** A path: as it was typed, from the caller's folder; else the default, from the repository's root. */
export function pathOf<D extends string | undefined>(
  option: string,
  typed: string | undefined,
  otherwise: D,
): string | D {
  if (typed?.trim() === '') throw usageFault(`${option}: expected a path, got nothing`, option);
  if (typed !== undefined) return resolve(callerFolder(), typed);
  return otherwise === undefined ? otherwise : resolve(repository, otherwise);
}

/** A whole number. @throws invalid_request when it is below `least` or none */
export function countOf(option: string, text: string, least: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw usageFault(`${option}: expected a whole number of at least ${least}, got "${text}"`, option);
}

/** A finite number. @throws invalid_request when it is not above `least`, or, for an inclusive bound, below it */
export function numberOf(
  option: string,
  text: string,
  { least, isInclusive }: { readonly least: number; readonly isInclusive: boolean },
): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(number) && (isInclusive ? number >= least : number > least)) return number;
  const bound = isInclusive ? `of at least ${least}` : `above ${least}`;
  throw usageFault(`${option}: expected a number ${bound}, got "${text}"`, option);
}

/** Names with commas between, each one of a list. @throws invalid_request naming the first unknown one */
export function namesOf<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  const names = text.split(',');
  const unknown = names.find((name) => !(known as readonly string[]).includes(name));
  if (unknown === undefined) return names as T[];
  throw usageFault(`${option}: expected some of ${known.join(', ')}, got "${unknown}"`, option);
}

/** The command's part: none asks for its usage. @throws invalid_request for an unknown one or a second word */
export function partOf<T extends string>(positionals: readonly string[], known: readonly T[]): T | undefined {
  const [part, ...rest] = positionals;
  if (rest.length > 0)
    throw usageFault(`expected one of ${known.join(', ')}, got ${positionals.length} words`);
  if (part === undefined) return undefined;
  const found = known.find((name) => name === part);
  if (found === undefined) throw usageFault(`expected one of ${known.join(', ')}, got "${part}"`);
  return found;
}
