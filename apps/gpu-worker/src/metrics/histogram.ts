import type { HistogramFamily, Labels } from './family.ts';

/** Counts figures by their size, apart by their labels. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, { readonly labels: Labels; readonly counts: number[]; sum: number }>();

  /** @param bounds upper bounds of the buckets, ascending */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  observe(value: number, labels: Labels = {}): void {
    const key = JSON.stringify(labels);
    const one = this.#series.get(key) ?? {
      labels,
      counts: new Array(this.#bounds.length + 1).fill(0),
      sum: 0,
    };
    const bucket = this.#bounds.findIndex((bound) => value <= bound);
    const index = bucket === -1 ? this.#bounds.length : bucket;
    one.counts[index] = (one.counts[index] as number) + 1;
    one.sum += value;
    this.#series.set(key, one);
  }

  /** A snapshot. */
  family(name: string, help: string): HistogramFamily {
    const series = [...this.#series.values()].map(({ labels, counts, sum }) => ({
      labels,
      counts: [...counts],
      sum,
    }));
    return { type: 'histogram', name, help, bounds: this.#bounds, series };
  }
}
