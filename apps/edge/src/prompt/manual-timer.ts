/** A clock for tests that only moves when told to. */
import type { EnhanceDeps } from './enhance.ts';

interface Due {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Time and timers that a test moves on by hand. */
export class ManualTimer {
  #nowMs = 0;
  readonly #due = new Set<Due>();

  /** How many timers have neither fired nor been stopped. */
  get pending(): number {
    return this.#due.size;
  }

  /** The ports through which the policy sees time. */
  get ports(): Pick<EnhanceDeps, 'now' | 'startTimer'> {
    return {
      now: () => this.#nowMs,
      startTimer: (callback, delayMs) => {
        const due = { atMs: this.#nowMs + delayMs, callback };
        this.#due.add(due);
        return () => this.#due.delete(due);
      },
    };
  }

  /** Lets what has been answered settle, then moves on and fires what is due. */
  async advance(byMs: number): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    this.#nowMs += byMs;
    for (const due of this.#due) {
      if (due.atMs > this.#nowMs) continue;
      this.#due.delete(due);
      due.callback();
    }
  }
}
