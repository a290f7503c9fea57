// CLIP's tokenizer: ids of texts on which all reference implementations agree, of texts on which one does, and their padding.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTokenizer, type Tokenizer } from '@darkroom/gpu-worker/models/tokenizer';
import { compare, type Measurement } from './measurement.ts';

/** One text of `cases.json` with the ids that reference implementations give it. */
interface TokenCase {
  readonly text: string;
  /** By the rules of the reference library's fast tokenizer, without start and end. */
  readonly ids: readonly number[];
  /** Whether all reference implementations give these ids. */
  readonly agree: boolean;
  /** Ids per implementation, where they differ. */
  readonly variants?: Readonly<Record<string, readonly number[]>>;
  /** The ids between start and end, cut and padded to 77. */
  readonly hf_77: readonly number[];
}

/** Golden folder of a tokenizer: its files and `cases.json`. */
export async function* checkTokenizer(folder: string): AsyncGenerator<Measurement> {
  const tokenizer = await openTokenizer(folder);
  const cases: readonly TokenCase[] = JSON.parse(await readFile(join(folder, 'cases.json'), 'utf8'));
  const agreed = cases.filter(({ agree }) => agree);
  const disputed = cases.filter(({ agree }) => !agree);
  const encode = ({ text }: TokenCase) => tokenizer.encode(text);
  yield* measure('ids where all references agree', agreed, encode, ({ ids }) => ids);
  yield* measure('ids of one reference', disputed, encode, (one) => nearestVariant(one, tokenizer));
  const padded = cases.filter((one) => one.agree || equal(tokenizer.encode(one.text), one.ids));
  yield* measure(
    'padded to 77',
    padded,
    ({ text }) => pad(tokenizer, text),
    ({ hf_77 }) => hf_77,
  );
}

/** One measurement over all cases when each holds, else one per case that does not. */
function* measure(
  output: string,
  cases: readonly TokenCase[],
  actual: (one: TokenCase) => readonly number[],
  expected: (one: TokenCase) => readonly number[],
): Generator<Measurement> {
  const failed = cases
    .map((one) => compare(`${output}: ${JSON.stringify(one.text)}`, actual(one), expected(one), {}))
    .filter(({ ok }) => !ok);
  if (failed.length > 0) yield* failed;
  else yield compare(`${output} (${cases.length} texts)`, cases.flatMap(actual), cases.flatMap(expected), {});
}

/** The ids of the reference that ours equal, the fast tokenizer's first; its ids when ours equal none. */
function nearestVariant(one: TokenCase, tokenizer: Tokenizer): readonly number[] {
  const ours = tokenizer.encode(one.text);
  return [one.ids, ...Object.values(one.variants ?? {})].find((ids) => equal(ids, ours)) ?? one.ids;
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}

function pad(tokenizer: Tokenizer, text: string): readonly number[] {
  return Array.from(tokenizer.encodePadded(text, 77).ids, Number);
}
