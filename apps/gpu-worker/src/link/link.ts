// The link as the main thread sees it.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FromLink, ToLink } from './link-messages.ts';
import type { LinkSettings } from './link-thread.ts';

/** A running link thread. */
export class Link {
  readonly #thread: Worker;
  readonly #exited: Promise<unknown>;

  /** @param onMessage hears everything that the thread says */
  constructor(settings: LinkSettings, onMessage: (message: FromLink) => void) {
    this.#thread = new Worker(new URL('./link-thread.ts', import.meta.url), { workerData: settings });
    this.#thread.on('message', onMessage);
    this.#exited = once(this.#thread, 'exit');
    this.#exited.catch(() => undefined);
  }

  /** Rejects when the thread broke; without it the worker is deaf. */
  get broken(): Promise<never> {
    return this.#exited.then(() => new Promise<never>(() => undefined));
  }

  say(message: ToLink): void {
    this.#thread.postMessage(message);
  }

  /** Says good-bye to the pool and ends the thread. */
  async close(): Promise<void> {
    this.say({ kind: 'close' });
    await this.#exited;
  }
}
