// Judging many tensors in one line: gradients or weights by name.
import { type Bound, compare, type Measurement } from './measurement.ts';

/** Ours and the reference's elements by name. */
export interface TensorPair {
  readonly name: string;
  readonly actual: ArrayLike<number>;
  readonly expected: ArrayLike<number>;
}

/** The tensor that is nearest to failing its bound, each judged by its own magnitude. */
export function compareMany(output: string, pairs: readonly TensorPair[], bound: Bound): Measurement {
  const { absolute = 0, relative = 0 } = bound;
  const judged = pairs.map(({ name, actual, expected }) => {
    const measurement = compare(name, actual, expected, bound);
    const allowed = absolute + relative * largest(expected);
    return { measurement, used: measurement.maxAbsolute === 0 ? 0 : measurement.maxAbsolute / allowed };
  });
  const worst = judged.reduce((a, b) => (b.used > a.used ? b : a)).measurement;
  return { ...worst, output: `${output} (${pairs.length} tensors)` };
}

function largest(values: ArrayLike<number>): number {
  let magnitude = 0;
  for (let i = 0; i < values.length; i++) magnitude = Math.max(magnitude, Math.abs(values[i] as number));
  return magnitude;
}

/** What share of all elements is further off than `within`. */
export function shareBeyond(
  output: string,
  pairs: readonly TensorPair[],
  { within, allowed }: { readonly within: number; readonly allowed: number },
): Measurement {
  let beyond = 0;
  let total = 0;
  for (const { actual, expected } of pairs) {
    total += expected.length;
    for (let i = 0; i < expected.length; i++) {
      if (!(Math.abs((actual[i] as number) - (expected[i] as number)) <= within)) beyond += 1;
    }
  }
  const share = beyond / total;
  return {
    output: `${output}: share off by > ${within}`,
    maxAbsolute: share,
    maxRelative: share,
    tolerance: `share <= ${allowed}`,
    ok: share <= allowed,
  };
}
