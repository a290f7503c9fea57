// What a model found out about pictures, kept in the store so that asking again costs little.
import type { ModelStore } from '../runtime/model-store.ts';

/** How a picture's findings are made and named. */
export interface PictureMemoryOptions<T> {
  /** Tells this model's findings from those of others. */
  readonly prefix: string;
  readonly sizeBytes: (found: T) => number;
}

/** Findings by picture; two who ask at the same time about one picture wait for the same work. */
export class PictureMemory<T> {
  readonly #store: ModelStore;
  readonly #options: PictureMemoryOptions<T>;
  readonly #working = new Map<string, Promise<T>>();

  constructor(store: ModelStore, options: PictureMemoryOptions<T>) {
    this.#store = store;
    this.#options = options;
  }

  /** What is remembered of a picture. */
  recall(key: string): Promise<T | undefined> {
    return this.#store.recall(this.#nameOf(key));
  }

  /** What is remembered of a picture, or is found out now. */
  async recallOr(key: string, find: () => Promise<T>): Promise<T> {
    const known = await this.recall(key);
    if (known) return known;
    const work = this.#working.get(key) ?? this.#findAndKeep(key, find);
    this.#working.set(key, work);
    try {
      return await work;
    } finally {
      this.#working.delete(key);
    }
  }

  async #findAndKeep(key: string, find: () => Promise<T>): Promise<T> {
    const found = await find();
    await this.#store.remember(this.#nameOf(key), found, this.#options.sizeBytes(found));
    return found;
  }

  #nameOf(key: string): string {
    return `${this.#options.prefix} ${key}`;
  }
}
