// Compiled networks by component and shape, within a memory budget.
import { Scope } from '@darkroom/graph/layers/scope';
import { sizeOf } from '@darkroom/graph/shape';
import { type Graph, graphOf, storedParameters, type Value } from '@darkroom/graph/value';
import { BudgetCache, type CacheCounts, type Lease, type Recipe } from './budget-cache.ts';
import { Session } from './session.ts';
import { WeightSet } from './weight-set.ts';

/** One checkpoint folder and everything that its network asks for. */
export interface Component {
  readonly folder: string;
  /** All weights of the folder, whichever part of the network a graph uses. */
  readonly declare: () => ReadonlyMap<string, Value>;
  /** Names in the folder's file that the network does not need. */
  readonly ignore?: RegExp;
}

/** A graph of a component. */
export interface Network {
  readonly component: Component;
  /** Tells this graph from the component's others: what it computes, at which shape. */
  readonly key: string;
  readonly build: (scope: Scope) => Readonly<Record<string, Value>>;
}

/** How much memory and processor a store may take. */
export interface ModelStoreOptions {
  /** For weights and compiled networks, each counted as its parameters' float32 bytes, and what was found out with them. */
  readonly budgetBytes: number;
  /** Threads of a session. Default: one per core. */
  readonly threads?: number;
  /** Weights beyond this many bytes go to a temporary file that sessions read. Default 1.5 GB. */
  readonly externalBytes?: number;
}

const bytesPerElement = 4;

/**
 * Opens networks: weights are read once per component, a session is compiled once per graph, and what has not been used
 * for longest is given up when the budget is short.
 */
export class ModelStore implements AsyncDisposable {
  readonly #cache: BudgetCache<Session | WeightSet | Finding>;
  readonly #threads: number | undefined;
  readonly #externalBytes: number;

  constructor({ budgetBytes, threads, externalBytes = 1.5e9 }: ModelStoreOptions) {
    this.#cache = new BudgetCache(budgetBytes);
    this.#threads = threads;
    this.#externalBytes = externalBytes;
  }

  /** Bytes of weights and sessions in memory. */
  get sizeBytes(): number {
    return this.#cache.sizeBytes;
  }

  /** How often weights and sessions were in memory when they were asked for. */
  get counts(): CacheCounts {
    return this.#cache.counts;
  }

  /** Whether weights or sessions of the component in a folder are in memory. */
  holds(folder: string): boolean {
    return this.#cache.keys().some((key) => key === folder || key.startsWith(`${folder}#`));
  }

  /** What was remembered under a key, unless its memory was needed since. */
  async recall<T>(key: string): Promise<T | undefined> {
    const finding = await this.#cache.recall(findingKey(key));
    return finding instanceof Finding ? (finding.value as T) : undefined;
  }

  /**
   * Remembers what a network said, as long as the budget allows; what finds no room beside what is in use is not
   * remembered.
   * @param key of one kind of thing: whoever recalls it says its type
   */
  async remember(key: string, value: unknown, sizeBytes: number): Promise<void> {
    await this.#cache.keep(findingKey(key), new Finding(value), sizeBytes);
  }

  /** Gives up whatever no job uses at this moment. */
  async trim(): Promise<void> {
    await this.#cache.trim();
  }

  /**
   * A compiled network; it stays in memory until the lease is disposed, and as long after as the budget allows.
   * @throws model_not_found, model_corrupt, out_of_memory
   */
  async session({ component, key, build }: Network): Promise<Lease<Session>> {
    const lease = await this.#cache.lease(`${component.folder}#${key}`, () => {
      const graph = graphOf(build(Scope.root()));
      return { sizeBytes: storedBytes(graph), make: () => this.#compile(component, graph) };
    });
    return lease as Lease<Session>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cache[Symbol.asyncDispose]();
  }

  async #compile(component: Component, graph: Graph): Promise<Session> {
    using weights = await this.#weights(component);
    return Session.compile(graph, {
      ...weights.value.place,
      ...(this.#threads !== undefined && { threads: this.#threads }),
    });
  }

  async #weights(component: Component): Promise<Lease<WeightSet>> {
    const lease = await this.#cache.lease(component.folder, (): Recipe<WeightSet> => {
      const declared = component.declare();
      const sizeBytes = declared
        .values()
        .reduce((sum, { shape }) => sum + bytesPerElement * sizeOf(shape), 0);
      return sizeBytes > this.#externalBytes
        ? { sizeBytes: 0, make: () => WeightSet.onDisk(component, declared) }
        : { sizeBytes, make: () => WeightSet.inMemory(component, declared) };
    });
    return lease as Lease<WeightSet>;
  }
}

/** Something that was found out, which holds nothing but memory. */
class Finding implements AsyncDisposable {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** No folder's path begins so. */
function findingKey(key: string): string {
  return `found ${key}`;
}

function storedBytes(graph: Graph): number {
  return storedParameters(graph)
    .values()
    .reduce((sum, { shape }) => sum + bytesPerElement * sizeOf(shape), 0);
}
