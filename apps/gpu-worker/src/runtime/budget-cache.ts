// Things that take memory, kept while a budget allows and given up least recently used first.
import { AppError } from '@darkroom/shared/errors';

/** How to make a cached thing, and how much of the budget it takes. */
export interface Recipe<T> {
  readonly sizeBytes: number;
  readonly make: () => Promise<T>;
}

/** The right to use a cached thing; it stays in memory until every lease on it is disposed. */
export interface Lease<T> extends Disposable {
  readonly value: T;
}

/** How often a cached thing was there when it was asked for, how often not, and how many had to go. */
export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
}

interface Entry<T> {
  readonly sizeBytes: number;
  readonly value: Promise<T>;
  leases: number;
}

/** A cache bounded in bytes; what it gives up it disposes. */
export class BudgetCache<T extends AsyncDisposable> implements AsyncDisposable {
  readonly #budgetBytes: number;
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry<T>>();
  #hits = 0;
  #misses = 0;
  #evictions = 0;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  /** Bytes of everything that is held or being made. */
  get sizeBytes(): number {
    return this.#entries.values().reduce((sum, entry) => sum + entry.sizeBytes, 0);
  }

  /** What came of all questions so far. */
  get counts(): CacheCounts {
    return { hits: this.#hits, misses: this.#misses, evictions: this.#evictions };
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** What is held or being made, least recently used first. */
  keys(): IteratorObject<string> {
    return this.#entries.keys();
  }

  /** Gives up whatever nobody holds a lease on. */
  async trim(): Promise<void> {
    const idle = [...this.#entries].filter(([, entry]) => entry.leases === 0);
    for (const [key] of idle) this.#entries.delete(key);
    this.#evictions += idle.length;
    await Promise.all(idle.map(([, entry]) => dispose(entry)));
  }

  /**
   * A lease on the thing called `key`; `recipe` is asked for only when it is not in the cache. Callers that come while
   * it is being made wait for the same one.
   * @throws out_of_memory when it does not fit beside what others hold leases on
   */
  async lease(key: string, recipe: () => Recipe<T>): Promise<Lease<T>> {
    const known = this.#entries.get(key);
    if (known) this.#hits += 1;
    else this.#misses += 1;
    const entry = known ?? this.#start(key, recipe());
    entry.leases += 1;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    try {
      return leaseOn(entry, await entry.value);
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
  }

  /** The thing called `key` if it is held, which counts as a use of it; nobody waits for it and it may go at any time. */
  async recall(key: string): Promise<T | undefined> {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Holds a thing that is made already, in place of one of the same name; what finds no room is let go at once. */
  async keep(key: string, value: T, sizeBytes: number): Promise<void> {
    const older = this.#entries.get(key);
    this.#entries.delete(key);
    if (older) await dispose(older);
    try {
      const evicted = this.#makeRoom(key, sizeBytes);
      this.#entries.set(key, { sizeBytes, value: Promise.resolve(value), leases: 0 });
      await Promise.all(evicted.map(dispose));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await value[Symbol.asyncDispose]();
    }
  }

  /** Gives up everything, leased or not. */
  async [Symbol.asyncDispose](): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(dispose));
  }

  #start(key: string, { sizeBytes, make }: Recipe<T>): Entry<T> {
    const evicted = this.#makeRoom(key, sizeBytes);
    // What is given up is gone before the new one takes its memory.
    const value = Promise.all(evicted.map(dispose)).then(make);
    const entry: Entry<T> = { sizeBytes, value, leases: 0 };
    this.#entries.set(key, entry);
    return entry;
  }

  #makeRoom(key: string, sizeBytes: number): Entry<T>[] {
    const idle = [...this.#entries].filter(([, entry]) => entry.leases === 0);
    let held = this.sizeBytes;
    const evicted: [string, Entry<T>][] = [];
    for (const candidate of idle) {
      if (held + sizeBytes <= this.#budgetBytes) break;
      evicted.push(candidate);
      held -= candidate[1].sizeBytes;
    }
    if (held + sizeBytes > this.#budgetBytes) {
      const message = `${key}: needs ${sizeBytes} bytes, ${held} of ${this.#budgetBytes} are in use`;
      throw new AppError('out_of_memory', {
        message,
        details: { sizeBytes, budgetBytes: this.#budgetBytes },
      });
    }
    for (const [name] of evicted) this.#entries.delete(name);
    this.#evictions += evicted.length;
    return evicted.map(([, entry]) => entry);
  }
}

function leaseOn<T>(entry: Entry<T>, value: T): Lease<T> {
  let isHeld = true;
  return {
    value,
    [Symbol.dispose]() {
      if (isHeld) entry.leases -= 1;
      isHeld = false;
    },
  };
}

async function dispose<T extends AsyncDisposable>({ value }: Entry<T>): Promise<void> {
  const thing = await value.catch(() => undefined);
  await thing?.[Symbol.asyncDispose]();
}
