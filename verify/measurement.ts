/** One compared output of a golden: how far ours is from the reference, and how far it may be. */
export interface Measurement {
  readonly output: string;
  readonly maxAbsolute: number;
  /** Maximum absolute error divided by the largest magnitude of the reference. */
  readonly maxRelative: number;
  /** Words for the bound that decides, e.g. `abs <= 2e-4`. */
  readonly tolerance: string;
  readonly ok: boolean;
}

/** Compares a golden folder with our own numbers, output by output. */
export type GoldenCheck = (folder: string) => AsyncIterable<Measurement>;

export interface Bound {
  readonly absolute?: number;
  /** Relative to the largest magnitude of the reference. */
  readonly relative?: number;
}

/** Measures `actual` against `expected`; the error may reach `absolute + relative * max|expected|`, and no value may be NaN. */
export function compare(
  output: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: Bound,
): Measurement {
  let maxAbsolute = actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    const reference = expected[i] as number;
    const error = Math.abs((actual[i] as number) - reference);
    scale = Math.max(scale, Math.abs(reference));
    if (!(error <= maxAbsolute)) maxAbsolute = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  const allowed = (bound.absolute ?? 0) + (bound.relative ?? 0) * scale;
  const words = [
    bound.absolute === undefined ? [] : [`abs <= ${bound.absolute}`],
    bound.relative === undefined ? [] : [`rel <= ${bound.relative}`],
  ].flat();
  return {
    output,
    maxAbsolute,
    maxRelative: maxAbsolute / (scale || 1),
    tolerance: words.join(' + ') || 'exact',
    ok: maxAbsolute <= allowed,
  };
}
