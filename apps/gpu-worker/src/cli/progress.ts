// The progress of a job's denoising steps on a terminal, or as plain lines in a log.
import { formatBar, formatDuration, joinWithin, type ProgressStream } from '../models/hub-progress.ts';

/** How far a job has come: its steps, and the share in percent of the whole job. */
export interface StepCount {
  readonly step: number;
  readonly steps: number;
  readonly pct: number;
  /** Time to the end as whoever runs the job expects it; absent or null = it is measured here. */
  readonly etaMs?: number | null;
}

/** Step and remaining time (null = not known); what follows the last step is short, but known to nobody. */
function stepParts({ step, steps }: StepCount, etaMs: number | null): string[] {
  const count = `step ${step}/${steps}`;
  if (step === steps) return [count, 'finishing'];
  return etaMs === null ? [count] : [count, `${formatDuration(etaMs)} left`];
}

/** Redraws one line on a terminal; elsewhere writes one line for each step. */
export class StepProgress {
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  /** The first step told, from which the speed is measured: what is before it loads the model. */
  #first: { readonly atMs: number; readonly pct: number } | undefined;
  #isDrawn = false;

  constructor(stream: ProgressStream, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
  }

  /** Says what is going on while there is no step to show; only a terminal shows it. */
  announce(phase: string): void {
    if (this.#stream.isTTY) this.#draw(phase);
  }

  update(count: StepCount): void {
    const parts = stepParts(count, count.etaMs ?? this.#etaMs(count.pct));
    if (this.#stream.isTTY) this.#draw(formatBar(count.pct / 100), ...parts);
    else this.#stream.write(`${parts.join('  ')}\n`);
  }

  /** Ends the line, so that what follows starts on its own. */
  finish(): void {
    if (this.#isDrawn) this.#stream.write('\n');
    this.#isDrawn = false;
  }

  #draw(...parts: readonly string[]): void {
    this.#isDrawn = true;
    const columns = this.#stream.columns || 80; // a terminal of unknown size says 0
    this.#stream.write(`\r${joinWithin(columns, parts)}\x1b[K`);
  }

  #etaMs(pct: number): number | null {
    const atMs = this.#now();
    this.#first ??= { atMs, pct };
    const gained = pct - this.#first.pct;
    return gained > 0 ? ((atMs - this.#first.atMs) / gained) * (100 - pct) : null;
  }
}
