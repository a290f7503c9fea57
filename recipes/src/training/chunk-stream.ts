import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Chunk, chunkExamples, readChunk } from './chunk.ts';
import type { ChunkWork } from './chunk-worker.ts';

/** How many chunks a batch may draw from; older ones are let go. */
const windowChunks = 12;

/**
 * A sliding window over the endless list of chunks. Which examples step `s` may draw depends on `s` alone, never on how
 * fast the thread is: a step waits for the chunk that it needs.
 */
export class ChunkStream implements AsyncDisposable {
  readonly #folder: string;
  readonly #examples: number;
  readonly #reuse: number;
  readonly #worker: Worker;
  readonly #chunks = new Map<number, Promise<Chunk>>();
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>();
  #failure: Error | undefined;

  private constructor(folder: string, work: ChunkWork, reuse: number) {
    this.#folder = folder;
    this.#examples = work.examples ?? chunkExamples;
    this.#reuse = reuse;
    this.#worker = new Worker(new URL('./chunk-worker.ts', import.meta.url), { workerData: work });
    this.#worker.on('message', (index: number) => this.#waiting.get(index)?.resolve());
    this.#worker.on('error', (error: Error) => {
      this.#failure = error;
      for (const waiting of this.#waiting.values()) waiting.reject(error);
    });
  }

  /** @param reuse how often each example is seen on average. */
  static async open(folder: string, work: ChunkWork, reuse: number): Promise<ChunkStream> {
    await mkdir(folder, { recursive: true });
    return new ChunkStream(folder, work, reuse);
  }

  /** The chunks that a step may draw from, when `seen` examples have been drawn before it. */
  async window(seen: number): Promise<readonly Chunk[]> {
    const newest = Math.floor(seen / (this.#examples * this.#reuse));
    const oldest = Math.max(0, newest - windowChunks + 1);
    for (const index of this.#chunks.keys()) if (index < oldest) this.#chunks.delete(index);
    const indices = Array.from({ length: newest - oldest + 1 }, (_, i) => oldest + i);
    const chunks = indices.map((index) => this.#load(index));
    // The next one is made meanwhile; a failure shows when it is needed.
    this.#load(newest + 1).catch(() => undefined);
    return Promise.all(chunks);
  }

  #load(index: number): Promise<Chunk> {
    const known = this.#chunks.get(index);
    if (known) return known;
    const chunk = this.#make(index);
    this.#chunks.set(index, chunk);
    return chunk;
  }

  async #make(index: number): Promise<Chunk> {
    const file = join(this.#folder, `chunk-${String(index).padStart(4, '0')}.safetensors`);
    const ready = await readChunk(file);
    if (ready) return this.#checked(ready, file);
    if (this.#failure) throw this.#failure;
    const made = Promise.withResolvers<void>();
    this.#waiting.set(index, made);
    this.#worker.postMessage({ index, file });
    await made.promise;
    this.#waiting.delete(index);
    const chunk = await readChunk(file);
    if (!chunk) throw new Error(`${file}: was not written`);
    return this.#checked(chunk, file);
  }

  #checked(chunk: Chunk, file: string): Chunk {
    const { length } = chunk.requests;
    if (length === this.#examples) return chunk;
    throw new Error(
      `${file}: expected ${this.#examples} examples, came ${length}: remove the chunks of another run`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}
