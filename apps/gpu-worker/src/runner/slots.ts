/** The right to run one job; disposing it twice frees one slot once. */
export type Permit = Disposable;

/** Permits without a queue: a job that finds none is refused at once and waits at the pool, where another worker may take it. */
export class Slots {
  readonly total: number;
  #taken = 0;

  constructor(total: number) {
    this.total = total;
  }

  get free(): number {
    return this.total - this.#taken;
  }

  /** A permit, or undefined when all are taken. */
  tryTake(): Permit | undefined {
    if (this.free === 0) return undefined;
    this.#taken += 1;
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (isHeld) this.#taken -= 1;
        isHeld = false;
      },
    };
  }
}
