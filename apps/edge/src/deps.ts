import type { AppError } from '@darkroom/shared/errors';
import manifest from '../package.json' with { type: 'json' };
import type { SigningKeys } from './auth/client-token.ts';
import type { KeyHasher } from './auth/key-hash.ts';
import type { KeyStore } from './auth/key-record.ts';
import type { Database } from './db/database.ts';
import type { JobPools } from './dispatch/job-pools.ts';
import type { ConcurrencyGate } from './middleware/concurrency.ts';
import type { IdempotencyStore } from './middleware/idempotency-record.ts';
import type { RateCounter } from './middleware/token-bucket.ts';
import type { Rewriter } from './prompt/rewrite.ts';
import type { ImageStore } from './storage/image-store.ts';

/** What the routes need from outside. */
export interface Deps {
  /** Version of the edge that answers, as in its package. */
  readonly version: string;
  /** Keeps a failure of our own, its cause included, where operators look. */
  readonly reportFailure: (error: AppError, requestId: string) => void;
  readonly nowMs: () => number;
  /** Bytes from a secure source. */
  readonly random: (length: number) => Uint8Array<ArrayBuffer>;
  readonly fetch: typeof fetch;
  readonly db: Database;
  readonly keyStore: KeyStore;
  readonly hasher: KeyHasher;
  readonly signingKeys: SigningKeys;
  readonly rateCounter: RateCounter;
  readonly concurrencyGate: ConcurrencyGate;
  readonly idempotencyStore: IdempotencyStore;
  readonly images: ImageStore;
  readonly pools: JobPools;
  /** Rewords prompts that the rules leave as they are; absent = by rules alone. */
  readonly rewriter?: Rewriter | undefined;
}
