import { AsyncLocalStorage } from 'node:async_hooks';
import type { Lease } from '../runtime/budget-cache.ts';
import { ModelStore, type ModelStoreOptions, type Network } from '../runtime/model-store.ts';
import type { Session } from '../runtime/session.ts';

/** Time that one job has spent waiting for models. */
export interface LoadMeter {
  loadMs: number;
}

/** A store that tells each job apart from the others how long it waited for weights and compilation. */
export class MeteredStore extends ModelStore {
  readonly #meters = new AsyncLocalStorage<LoadMeter>();
  readonly #now: () => number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(options: ModelStoreOptions, now: () => number) {
    super(options);
    this.#now = now;
  }

  /** Runs work whose waiting adds up in the meter. */
  metered<T>(meter: LoadMeter, work: () => Promise<T>): Promise<T> {
    return this.#meters.run(meter, work);
  }

  /** Adds the time of loading something else, such as opening a model's folder. */
  async timed<T>(load: () => Promise<T>): Promise<T> {
    const startedAt = this.#now();
    try {
      return await load();
    } finally {
      const meter = this.#meters.getStore();
      if (meter) meter.loadMs += this.#now() - startedAt;
    }
  }

  override session(network: Network): Promise<Lease<Session>> {
    return this.timed(() => super.session(network));
  }
}
