import { Worker } from 'node:worker_threads';
import type { PreparedScene } from './scene-chunk.ts';
import type { SceneWork } from './scene-worker.ts';

/** How many chunks a batch may draw from; older ones are let go. */
const windowChunks = 6;

interface Made {
  readonly index: number;
  readonly scenes: readonly PreparedScene[];
}

/**
 * A sliding window over the endless list of scenes, in memory. Which scenes a step may draw depends on how many were
 * drawn before it alone, never on how fast the thread is: a step waits for the chunk that it needs, and a resumed run
 * makes those of its window again.
 */
export class SceneStream implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #perChunk: number;
  readonly #chunks = new Map<number, PromiseWithResolvers<readonly PreparedScene[]>>();

  /** @param reuse how often each scene is seen on average */
  constructor(work: SceneWork, reuse: number) {
    this.#perChunk = work.scenes * reuse;
    this.#worker = new Worker(new URL('./scene-worker.ts', import.meta.url), { workerData: work });
    this.#worker.on('message', ({ index, scenes }: Made) => this.#chunks.get(index)?.resolve(scenes));
    this.#worker.on('error', (error: Error) => {
      for (const waiting of this.#chunks.values()) waiting.reject(error);
    });
  }

  /** The scenes that a step may draw, when `seen` scenes have been drawn before it. */
  async window(seen: number): Promise<readonly PreparedScene[]> {
    const newest = Math.floor(seen / this.#perChunk);
    const oldest = Math.max(0, newest - windowChunks + 1);
    for (const index of this.#chunks.keys()) if (index < oldest) this.#chunks.delete(index);
    const indices = Array.from({ length: newest - oldest + 1 }, (_, i) => oldest + i);
    const chunks = indices.map((index) => this.#order(index));
    // The next one is made meanwhile; a failure shows when it is needed.
    this.#order(newest + 1).catch(() => undefined);
    return (await Promise.all(chunks)).flat();
  }

  #order(index: number): Promise<readonly PreparedScene[]> {
    const known = this.#chunks.get(index);
    if (known) return known.promise;
    const ordered = Promise.withResolvers<readonly PreparedScene[]>();
    this.#chunks.set(index, ordered);
    this.#worker.postMessage(index);
    return ordered.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}
