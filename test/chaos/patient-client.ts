// A client as one should be written: it repeats what has no definite answer, under the same Idempotency-Key.
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';

/** What errors say of themselves. */
const Problem = z.object({ code: z.string(), retryable: z.boolean() });

/** One request. */
export interface Question {
  readonly path: string;
  /** Absent = GET. */
  readonly method?: 'GET' | 'POST';
  /** Sent as JSON; bytes as they are. */
  readonly body?: object | Uint8Array<ArrayBuffer>;
  /** Headers beside the key and the body's type. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that asking again would not change. */
export interface DefiniteAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Of an error; undefined = it was none. */
  readonly code: string | undefined;
  readonly tries: number;
}

export interface ClientOptions {
  /** Without a path. */
  readonly url: string;
  readonly key: string;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
}

const firstWaitMs = 100;
const longestWaitMs = 2_000;
/** An answer that takes longer is as good as none. */
const answerMs = 15_000;

export class PatientClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** The same client with another key. */
  withKey(key: string): PatientClient {
    return new PatientClient({ ...this.#options, key });
  }

  /** Asks until there is a definite answer: a success, or an error that says that it stays. @throws the signal's reason */
  async ask(question: Question): Promise<DefiniteAnswer> {
    const { signal } = this.#options;
    for (let tries = 1; ; tries++) {
      signal.throwIfAborted();
      const { answer, waitMs } = await this.#try(question);
      if (answer) return { ...answer, tries };
      const growing = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(tries - 1, 10));
      // Woken by the signal it says why, above.
      await wait(Math.max(growing, waitMs), undefined, { signal }).catch(() => undefined);
    }
  }

  /** The body of a success. @throws when the platform refuses */
  async demand(question: Question): Promise<unknown> {
    const { status, code, body } = await this.ask(question);
    if (code === undefined) return body;
    throw new Error(`${question.path}: expected a success, got ${status} ${code}`);
  }

  async #try(question: Question): Promise<{ answer?: Omit<DefiniteAnswer, 'tries'>; waitMs: number }> {
    const { url, signal } = this.#options;
    try {
      const response = await fetch(url + question.path, {
        ...this.#requestOf(question),
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
      });
      const { status } = response;
      const text = await response.text();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      if (response.ok) return { answer: { status, body, code: undefined }, waitMs: 0 };
      const { data } = Problem.safeParse(body);
      if (data && !data.retryable) return { answer: { status, body, code: data.code }, waitMs: 0 };
      return { waitMs: Number(response.headers.get('retry-after') ?? 0) * 1000 };
    } catch {
      // No connection, no whole answer, or not in time: whether it was heard, nobody knows.
      signal.throwIfAborted();
      return { waitMs: 0 };
    }
  }

  #requestOf({ method = 'GET', body, headers }: Question): RequestInit {
    const isBytes = body instanceof Uint8Array;
    return {
      method,
      headers: {
        authorization: `Bearer ${this.#options.key}`,
        ...(body && { 'content-type': isBytes ? 'image/png' : 'application/json' }),
        ...headers,
      },
      ...(body && { body: isBytes ? body : JSON.stringify(body) }),
    };
  }
}
