import { Worker } from 'node:worker_threads';

/** How many chunks a batch may draw from; older ones are let go. */
const windowChunks = 6;

/** Tells the thread that makes chunks to end; every other message is the index of a chunk. */
export const leave = 'leave';
export type ChunkMessage = number | typeof leave;

/** What the thread answers to an index. */
export interface MadeChunk<T> {
  readonly index: number;
  readonly items: readonly T[];
}

/**
 * A sliding window over an endless list of things to train on, in memory; a thread makes them. Which of them a step may draw depends
 * on how many were drawn before it alone, never on how fast the thread is: a step waits for the chunk that it needs, and a resumed run
 * makes those of its window again.
 */
export class PreparedStream<T> implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #perChunk: number;
  readonly #gone: Promise<void>;
  readonly #chunks = new Map<number, PromiseWithResolvers<readonly T[]>>();
  #failure: Error | undefined;

  /**
   * @param thread module that answers an index with a {@link MadeChunk}
   * @param perChunk how many are drawn of a chunk on average before the next one joins
   */
  constructor(thread: URL, work: object, perChunk: number) {
    this.#perChunk = perChunk;
    this.#worker = new Worker(thread, { workerData: work });
    this.#worker.on('message', ({ index, items }: MadeChunk<T>) => this.#chunks.get(index)?.resolve(items));
    this.#gone = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.on('error', (error: Error) => {
      this.#failure = error;
      for (const waiting of this.#chunks.values()) waiting.reject(error);
    });
  }

  /** What a step may draw, when `seen` have been drawn before it. */
  async window(seen: number): Promise<readonly T[]> {
    const newest = Math.floor(seen / this.#perChunk);
    const oldest = Math.max(0, newest - windowChunks + 1);
    for (const index of this.#chunks.keys()) if (index < oldest) this.#chunks.delete(index);
    const indices = Array.from({ length: newest - oldest + 1 }, (_, i) => oldest + i);
    const chunks = indices.map((index) => this.#order(index));
    // The next one is made meanwhile; a failure shows when it is needed.
    this.#order(newest + 1).catch(() => undefined);
    return (await Promise.all(chunks)).flat();
  }

  #order(index: number): Promise<readonly T[]> {
    const known = this.#chunks.get(index);
    if (known) return known.promise;
    const ordered = Promise.withResolvers<readonly T[]>();
    this.#chunks.set(index, ordered);
    if (this.#failure) ordered.reject(this.#failure);
    this.#worker.postMessage(index);
    return ordered.promise;
  }

  /** Waits until the thread has left its work: a thread that computes natively must not be torn down. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.postMessage(leave);
    await this.#gone;
  }
}
