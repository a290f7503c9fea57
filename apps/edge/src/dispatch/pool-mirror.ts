/** Mirrors jobs' moves between the states of the living into the books, somewhat behind what happens. */
import type { JobId } from '@darkroom/shared/ids';
import type { JobMove } from '../db/jobs.ts';

/** How long moves are collected: of one job the last is written, and the moves of several jobs together. */
export const collectMs = 100;

export interface MirrorPorts {
  /** Writes moves, at most one of each job; never rejects. */
  readonly write: (moves: readonly JobMove[]) => Promise<void>;
  readonly wait: (ms: number) => Promise<void>;
}

export class PoolMirror {
  readonly #ports: MirrorPorts;
  readonly #moves = new Map<JobId, JobMove>();
  #isBusy = false;

  constructor(ports: MirrorPorts) {
    this.#ports = ports;
  }

  /** Notes a move; resolves when all that is noted is written, or at once when somebody else sees to that. */
  async note(move: JobMove): Promise<void> {
    this.#moves.set(move.jobId, move);
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#moves.size > 0) {
      await this.#ports.wait(collectMs);
      const moves = [...this.#moves.values()];
      this.#moves.clear();
      if (moves.length > 0) await this.#ports.write(moves);
    }
    this.#isBusy = false;
  }

  /** Leaves out a job that ends, as its end says more. @returns when it began, if that was still to be written */
  end(jobId: JobId): number | undefined {
    const move = this.#moves.get(jobId);
    this.#moves.delete(jobId);
    return move?.to === 'running' ? move.nowMs : undefined;
  }
}
