/** The end of a job: into the books first, then told to everyone who waits for it. */
import type { LeaseRef } from '@darkroom/shared/contracts/frames';
import type { JobId } from '@darkroom/shared/ids';
import type { JobFeeds } from './job-events.ts';
import type { JobOrder } from './job-pools.ts';
import { type PoolBooks, settleJob } from './pool-books.ts';
import type { EndedJob } from './pool-rows.ts';

export interface SettlerPorts {
  readonly books: PoolBooks;
  readonly feeds: JobFeeds;
  readonly orderOf: (jobId: JobId) => JobOrder | undefined;
  /** When the job began, if the books do not say so yet; what else of it is still to be mirrored is left out. */
  readonly startOf: (jobId: JobId) => number | undefined;
  /** The outcome is in the books: the pool may forget the job. */
  readonly onSettled: (jobId: JobId) => void;
  /** Deletes what a lease that does not count may have stored. */
  readonly discard: (lease: LeaseRef) => void;
  /** Tells webhooks; never rejects. */
  readonly announce: (jobId: JobId) => Promise<void>;
}

/** Settles outcomes, each at most once at a time. */
export class Settler {
  readonly #ports: SettlerPorts;
  readonly #settling = new Set<string>();
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(ports: SettlerPorts) {
    this.#ports = ports;
  }

  /** Settles an outcome; when it rejects, because the books are out of reach, nothing was told and it may be said again. */
  async settle(job: EndedJob): Promise<void> {
    const { id } = job.facts;
    if (this.#settling.has(id)) return;
    this.#settling.add(id);
    let isAwaited = false;
    try {
      isAwaited = await this.#close(job);
    } finally {
      this.#settling.delete(id);
    }
    if (isAwaited) await this.#ports.announce(id);
  }

  /** Resolves when the job is settled, or when the time is over. */
  async wait(jobId: JobId, timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(jobId) ?? new Set();
    this.#waiting.set(jobId, waiting.add(resolve));
    const timer = setTimeout(resolve, timeoutMs);
    await promise;
    clearTimeout(timer);
    waiting.delete(resolve);
  }

  /** @returns whether webhooks wait to hear of it */
  async #close(job: EndedJob): Promise<boolean> {
    const { books, feeds, orderOf, startOf, onSettled, discard } = this.#ports;
    const { id } = job.facts;
    const booked = await settleJob(job, { order: orderOf(id), startedAtMs: startOf(id) }, books);
    // What the books say counts: someone else may have ended the job before.
    const state = booked?.state ?? job.state;
    onSettled(id);
    if (state === job.state) for (const lease of uselessLeases(job)) discard(lease);
    feeds.end(id, state, { id, status: state });
    for (const resolve of this.#waiting.get(id) ?? []) resolve();
    this.#waiting.delete(id);
    return booked?.isAwaited ?? false;
  }
}

/** The leases of a job that left no result: a worker that was lost may have stored pictures before. */
function uselessLeases({ facts, outcome }: EndedJob): LeaseRef[] {
  const last = outcome.state === 'succeeded' ? facts.fence - 1 : facts.fence;
  return Array.from({ length: last }, (_, n) => ({ jobId: facts.id, fence: n + 1 }));
}
