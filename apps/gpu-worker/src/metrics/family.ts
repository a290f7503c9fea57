// Figures under their names, in whichever format they leave the process.

/** What tells one series of a family from the others. */
export type Labels = Readonly<Record<string, string>>;

/** Figures that stand for themselves: counters only grow, gauges come and go. */
export interface ScalarFamily {
  readonly type: 'counter' | 'gauge';
  readonly name: string;
  readonly help: string;
  readonly series: readonly { readonly labels: Labels; readonly value: number }[];
}

/** Figures by their size. */
export interface HistogramFamily {
  readonly type: 'histogram';
  readonly name: string;
  readonly help: string;
  /** Upper bounds of the buckets, ascending; the last bucket has none. */
  readonly bounds: readonly number[];
  /** `counts` holds each bucket's own figures, one more than there are bounds. */
  readonly series: readonly {
    readonly labels: Labels;
    readonly counts: readonly number[];
    readonly sum: number;
  }[];
}

/** Figures that are told under one name. */
export type Family = ScalarFamily | HistogramFamily;

/** A family of one figure without labels. */
export function single(type: ScalarFamily['type'], name: string, help: string, value: number): ScalarFamily {
  return { type, name, help, series: [{ labels: {}, value }] };
}
