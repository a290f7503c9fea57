import type { Labels, ScalarFamily } from './family.ts';

/** Counts events apart by their labels. */
export class Counter {
  readonly #series = new Map<string, { readonly labels: Labels; value: number }>();

  add(labels: Labels): void {
    const key = JSON.stringify(labels);
    const one = this.#series.get(key) ?? { labels, value: 0 };
    one.value += 1;
    this.#series.set(key, one);
  }

  /** A snapshot. */
  family(name: string, help: string): ScalarFamily {
    return { type: 'counter', name, help, series: [...this.#series.values()].map((one) => ({ ...one })) };
  }
}
