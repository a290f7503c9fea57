/** What the tests of middleware share: an application with request ids and problem details, and counters in memory. */
import type { AppError } from '@darkroom/shared/errors';
import { Hono } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import type { IdempotencyRecord, IdempotencyStore } from './idempotency-record.ts';
import { onError } from './on-error.ts';
import { requestId } from './request-id.ts';
import {
  type Bucket,
  type RateCounter,
  type RatePolicy,
  type RateVerdict,
  takeToken,
} from './token-bucket.ts';

/** An application whose every request has id `r1` unless it says otherwise, so that whole answers can be compared. */
export function appUnderTest<V extends object>(): {
  readonly app: Hono<{ Variables: V & RequestIdVariables }>;
  readonly failures: AppError[];
} {
  const failures: AppError[] = [];
  const app = new Hono<{ Variables: V & RequestIdVariables }>();
  app.use(requestId(() => 'r1'));
  app.onError(onError({ reportFailure: (error) => failures.push(error) }));
  return { app, failures };
}

/** Buckets in memory; counts how often it was asked and can be told to fail. */
export class MemoryRateCounter implements RateCounter {
  asked = 0;
  isDown = false;
  readonly #buckets = new Map<string, Bucket>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async take(name: string, policy: RatePolicy): Promise<RateVerdict> {
    if (this.isDown) throw new Error('the counter is down');
    this.asked++;
    const { bucket, verdict } = takeToken(this.#buckets.get(name), policy, this.#nowMs());
    this.#buckets.set(name, bucket);
    return verdict;
  }
}

/** Idempotency records in memory; can be told to fail when it is written to. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  isReadOnly = false;
  readonly #records = new Map<string, IdempotencyRecord>();

  async open(record: IdempotencyRecord): Promise<IdempotencyRecord> {
    const standing = this.#records.get(nameOf(record));
    if (!standing) await this.replace(record);
    return standing ?? record;
  }

  async replace(record: IdempotencyRecord): Promise<void> {
    if (this.isReadOnly) throw new Error('D1 is read-only');
    this.#records.set(nameOf(record), record);
  }

  async swap(record: IdempotencyRecord, expectedClaimId: string): Promise<boolean> {
    if (this.#records.get(nameOf(record))?.claimId !== expectedClaimId) return false;
    await this.replace(record);
    return true;
  }
}

const nameOf = ({ scope, key }: IdempotencyRecord) => JSON.stringify([scope, key]);
