/** What is remembered of a request, so that sending it twice does its work once; and the rules of what to do. */

/** An answer as it went out. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface IdempotencyRecord {
  /** Within which keys are told apart: the project, the route, and what narrows the caller further. */
  readonly scope: string;
  readonly key: string;
  /** Whose record it is. */
  readonly projectId: string;
  /** SHA-256 of what was asked. */
  readonly requestHash: string;
  /** The request that holds the record now; every claim has its own. */
  readonly claimId: string;
  /** The id of what the request makes, drawn once: whoever carries the work on makes the same thing. */
  readonly resourceId: string;
  /** Until when the holder is believed to be at work; a holder that died is succeeded then. */
  readonly lockedUntilMs: number;
  /** Null = there is none yet, or it was one that may be tried again. */
  readonly answer: StoredAnswer | null;
  readonly expiresAtMs: number;
}

export interface IdempotencyStore {
  /** Writes a record where none stands, in one step, and gives what stands there then: this one, or an earlier one. */
  open(record: IdempotencyRecord): Promise<IdempotencyRecord>;
  /** Writes a record, whatever stands under its scope and key. */
  replace(record: IdempotencyRecord): Promise<void>;
  /** Writes a record in the place of the one with that claim, in one step. False = someone was quicker. */
  swap(record: IdempotencyRecord, expectedClaimId: string): Promise<boolean>;
}

/**
 * How a request wants to be told apart: by the client's own key; or, without one, as the first try or a retry of
 * a client that repeats by itself and says so.
 */
export type Attempt = 'keyed' | 'first' | 'retry';

export interface IdempotentRequest {
  readonly attempt: Attempt;
  readonly scope: string;
  readonly key: string;
  readonly projectId: string;
  readonly requestHash: string;
  readonly claimId: string;
  /** Id for what the request makes, should it be the first. */
  readonly newResourceId: string;
  readonly nowMs: number;
}

export type Decision =
  /** Do the work, once this record is written in the place of the one that was looked at. */
  | { readonly kind: 'run'; readonly record: IdempotencyRecord }
  | { readonly kind: 'replay'; readonly answer: StoredAnswer }
  | { readonly kind: 'in_flight' }
  | { readonly kind: 'mismatch' };

const minuteMs = 60_000;
/** Longer than making something takes; what the client of a request that died has to wait at most. */
const lockMs = 20_000;
const ttlMs: Readonly<Record<Attempt, number>> = {
  keyed: 24 * 60 * minuteMs,
  first: 15 * minuteMs,
  retry: 15 * minuteMs,
};

/** The record under which a request does its work: of its own, or in the place of one that was left open. */
export function claim(request: IdempotentRequest, standing?: IdempotencyRecord): IdempotencyRecord {
  const { attempt, scope, key, projectId, requestHash, claimId, newResourceId, nowMs } = request;
  return {
    scope,
    key,
    projectId,
    requestHash,
    claimId,
    resourceId: standing?.resourceId ?? newResourceId,
    lockedUntilMs: nowMs + lockMs,
    answer: null,
    expiresAtMs: standing?.expiresAtMs ?? nowMs + ttlMs[attempt],
  };
}

const run = (...of: Parameters<typeof claim>): Decision => ({ kind: 'run', record: claim(...of) });

/**
 * What to do with a request, given what is remembered.
 *
 * | remembered     | keyed            | first   | retry            |
 * | nothing, ended | run              | run     | run              |
 * | other request  | mismatch         | (its key is its hash)      |
 * | answered       | replay           | run     | replay           |
 * | at work        | in flight        | run     | run on, same id  |
 * | left open      | run on, same id  | run     | run on, same id  |
 */
export function decide(standing: IdempotencyRecord | undefined, request: IdempotentRequest): Decision {
  const { attempt, requestHash, nowMs } = request;
  // A keyless first try is a wish of its own, even when it equals the last one.
  if (!standing || standing.expiresAtMs <= nowMs || attempt === 'first') return run(request);
  if (standing.requestHash !== requestHash) return { kind: 'mismatch' };
  if (standing.answer) return { kind: 'replay', answer: standing.answer };
  const isAtWork = standing.lockedUntilMs > nowMs;
  // A client that repeats by itself has lost its first connection: it waits for the same job instead of giving up.
  if (isAtWork && attempt === 'keyed') return { kind: 'in_flight' };
  return run(request, standing);
}

/** The record after its request was answered: with the answer, or open for another try when there is none to keep. */
export function settled(record: IdempotencyRecord, answer: StoredAnswer | null): IdempotencyRecord {
  return { ...record, answer, lockedUntilMs: 0 };
}
