import { waitUntil } from 'cloudflare:workers';
import { AppError, toAppError } from '@darkroom/shared/errors';
import manifest from '../package.json' with { type: 'json' };
import type { SigningKeys } from './auth/client-token.ts';
import { createKeyHasher, type KeyHasher } from './auth/key-hash.ts';
import type { KeyStore } from './auth/key-record.ts';
import { redactKeys } from './auth/redact.ts';
import { errorText } from './auth/redact-error.ts';
import { type Database, openDatabase } from './db/database.ts';
import { d1IdempotencyStore } from './db/idempotency.ts';
import { d1KeyStore } from './db/keys.ts';
import { durableJobPools } from './dispatch/durable-job-pools.ts';
import type { JobPools } from './dispatch/job-pools.ts';
import type { Bindings, EdgeVars } from './env.ts';
import { durableConcurrencyGate } from './limits/durable-concurrency-gate.ts';
import { durableRateCounter } from './limits/durable-rate-counter.ts';
import type { ConcurrencyGate } from './middleware/concurrency.ts';
import type { IdempotencyStore } from './middleware/idempotency-record.ts';
import type { RateCounter } from './middleware/token-bucket.ts';
import { openAiRewriter } from './prompt/openai-rewriter.ts';
import type { Rewriter } from './prompt/rewrite.ts';
import { workersAiRewriter } from './prompt/workers-ai-rewriter.ts';
import type { PoolSocketDeps } from './routes/pool-socket.ts';
import type { ImageStore } from './storage/image-store.ts';
import { createImageStore } from './storage/r2-images.ts';

/** One line of the log; whatever it holds is shown to operators only, and without the text of any key. */
export type LogEntry = Readonly<Record<string, unknown>> & { readonly level: 'info' | 'error' };

/** What the routes need from outside. */
export interface Deps {
  /** Version of the edge that answers, as in its package. */
  readonly version: string;
  /** Keeps a failure of our own, its cause included, where operators look. */
  readonly reportFailure: (error: AppError, requestId: string) => void;
  readonly log: (entry: LogEntry) => void;
  readonly nowMs: () => number;
  /** Bytes from a secure source. */
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
  readonly fetch: typeof fetch;
  /** Lets work go on behind the answer; what it throws is reported. */
  readonly inBackground: (work: Promise<unknown>) => void;
  readonly db: Database;
  readonly keyStore: KeyStore;
  readonly hasher: KeyHasher;
  readonly signingKeys: SigningKeys;
  readonly rateCounter: RateCounter;
  readonly concurrencyGate: ConcurrencyGate;
  readonly idempotencyStore: IdempotencyStore;
  readonly images: ImageStore;
  readonly pools: JobPools;
  /** Where workers dial in, and by which keys they are known. */
  readonly workerLink: Pick<PoolSocketDeps, 'namespace' | 'workerKeys'>;
  /** Rewords prompts that the rules leave as they are; absent = by rules alone. */
  readonly rewriter?: Rewriter | undefined;
}

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

/** Writes one line of JSON where the platform collects logs. */
function log(entry: LogEntry): void {
  console.log(redactKeys(JSON.stringify(entry)));
}

/** Logs a failure whole, its cause included. */
export function logFailure(error: AppError, requestId: string): void {
  const { code, message, details, cause } = error;
  const behind = cause === undefined ? undefined : errorText(cause);
  log({ level: 'error', requestId, code, message, details, cause: behind });
}

function newestFirst<T>(current: T, previous: T | undefined): readonly [T, T?] {
  return previous === undefined ? [current] : [current, previous];
}

/** A model that rewords prompts: behind an address, or on the platform itself where that is bound. */
function rewriterOf(
  ai: Bindings['AI'],
  { REWRITER_URL, REWRITER_MODEL: model, REWRITER_KEY }: EdgeVars,
): Rewriter | undefined {
  if (model === undefined) {
    if (REWRITER_URL === undefined) return undefined;
    throw new AppError('misconfigured', { message: 'REWRITER_MODEL: required with REWRITER_URL' });
  }
  const canary = Array.from(random(8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (REWRITER_URL === undefined) {
    if (ai) return workersAiRewriter({ ai, model, canary });
    throw new AppError('misconfigured', { message: 'REWRITER_MODEL: expected REWRITER_URL or a binding AI' });
  }
  return openAiRewriter({
    baseUrl: REWRITER_URL,
    ...(REWRITER_KEY !== undefined && { apiKey: REWRITER_KEY }),
    model,
    canary,
    fetch: (input, init) => fetch(input, init),
  });
}

function inBackground(work: Promise<unknown>): void {
  waitUntil(work.catch((cause: unknown) => logFailure(toAppError(cause), 'background')));
}

/**
 * The edge's parts, built from what it is bound to and told.
 *
 * @throws AppError `misconfigured` when variables contradict each other
 */
export function createDeps({ DB, IMAGES, POOLS, LIMITS, AI }: Bindings, vars: EdgeVars): Deps {
  const db = openDatabase(DB);
  const nowMs = () => Date.now();
  return {
    version: manifest.version,
    reportFailure: logFailure,
    log,
    nowMs,
    random,
    // Called as a method of another object, the platform's own refuses to work.
    fetch: (input, init) => fetch(input, init),
    inBackground,
    db,
    keyStore: d1KeyStore(db),
    hasher: createKeyHasher(newestFirst(vars.KEY_PEPPER, vars.KEY_PEPPER_PREVIOUS)),
    signingKeys: newestFirst(vars.TOKEN_KEY, vars.TOKEN_KEY_PREVIOUS),
    rateCounter: durableRateCounter(LIMITS),
    concurrencyGate: durableConcurrencyGate(LIMITS),
    idempotencyStore: d1IdempotencyStore(db),
    images: createImageStore(IMAGES, vars, { nowMs }),
    pools: durableJobPools(POOLS),
    workerLink: { namespace: POOLS, workerKeys: vars.WORKER_KEYS },
    rewriter: rewriterOf(AI, vars),
  };
}
