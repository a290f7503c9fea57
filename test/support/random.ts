/** Seeded numbers for tests: the multiplicative generator of Lewis, Goodman and Miller (1969), x ← 16807 x mod 2³¹ - 1. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed + 1;
    for (let i = 0; i < 8; i++) this.uniform();
  }

  /** In [0, 1). */
  uniform(): number {
    this.#state = (this.#state * 16807) % 2147483647;
    return (this.#state - 1) / 2147483646;
  }

  /** Mean 0, variance 1 (Box and Muller 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** 0 … size-1 in random order. */
  permutation(size: number): number[] {
    const order = Array.from({ length: size }, (_, i) => i);
    for (let i = size - 1; i > 0; i--) {
      const j = Math.floor(this.uniform() * (i + 1));
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    return order;
  }
}
