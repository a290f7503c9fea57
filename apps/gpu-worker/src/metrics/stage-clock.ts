/** What a job does beside loading models and running its kernel: reading its inputs, decoding and storing pictures. */
export type Stage = 'read' | 'decode' | 'store';

/** Time of a job by stage, in milliseconds. */
export type StageTimes = Readonly<Record<Stage, number>>;

/** Measures how long one job spends in each stage. */
export class StageClock {
  readonly #times: Record<Stage, number> = { read: 0, decode: 0, store: 0 };
  readonly #now: () => number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Does some work of a stage, whose time counts whether it succeeds or fails. */
  async timed<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const startedAt = this.#now();
    try {
      return await work();
    } finally {
      this.#times[stage] += this.#now() - startedAt;
    }
  }

  /** The times so far. */
  get times(): StageTimes {
    return { ...this.#times };
  }
}
