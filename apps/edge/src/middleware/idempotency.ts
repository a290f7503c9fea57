import { AppError } from '@darkroom/shared/errors';
import type { Context, MiddlewareHandler } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Principal } from '../auth/principal.ts';
import type { AuthVariables } from './authenticate.ts';
import { hashRequest } from './body-hash.ts';
import {
  claim,
  decide,
  type IdempotencyRecord,
  type IdempotencyStore,
  type IdempotentRequest,
  type StoredAnswer,
  settled,
} from './idempotency-record.ts';
import { readIdempotencyKey, readRetryCount } from './request-headers.ts';

export interface IdempotencyVariables {
  /** The id that the thing this request makes must take; a second try of the same request gets the same. */
  resourceId: string;
}

export interface IdempotencyDeps {
  readonly idempotencyStore: IdempotencyStore;
  readonly nowMs: () => number;
  /** A new id of the kind of thing that the route makes. */
  readonly newResourceId: () => string;
  /** A random text that no two requests share. */
  readonly newClaimId: () => string;
  readonly reportFailure: (error: AppError, requestId: string) => void;
}

type Variables = AuthVariables & IdempotencyVariables & RequestIdVariables;
type RequestContext = Context<{ Variables: Variables }>;

/** Answers above this are not kept; a retry finds the same resource instead. */
const maxAnswerCharacters = 64 * 1024;
const keptHeaders = ['content-type', 'location'];
/** Lost races against requests with the same key; the first lost one already shows who won. */
const maxClaims = 5;

/** A client token sees only its own asset, so it must not be given answers of another token of its project. */
function scopeOf(principal: Principal, c: RequestContext): string {
  const narrowed = principal.kind === 'client' ? `/${principal.assetId}` : '';
  return `${principal.projectId}${narrowed} ${c.req.method} ${c.req.path}`;
}

async function describeRequest(c: RequestContext, deps: IdempotencyDeps): Promise<IdempotentRequest> {
  const principal = c.get('principal');
  const sentKey = readIdempotencyKey(c.req.header('idempotency-key'));
  const requestHash = await hashRequest(c.req);
  const scope = scopeOf(principal, c);
  const common = {
    projectId: principal.projectId,
    requestHash,
    claimId: deps.newClaimId(),
    newResourceId: deps.newResourceId(),
    nowMs: deps.nowMs(),
  };
  if (sentKey !== undefined) return { ...common, attempt: 'keyed', scope: `keyed ${scope}`, key: sentKey };
  const isRetry = readRetryCount(c.req.header('x-stainless-retry-count')) > 0;
  return {
    ...common,
    attempt: isRetry ? 'retry' : 'first',
    scope: `keyless ${principal.identityId} ${scope}`,
    key: requestHash,
  };
}

/** The record to work under, or the answer of an earlier try; mostly in one step, because most requests are new. */
async function claimOrReplay(
  request: IdempotentRequest,
  store: IdempotencyStore,
): Promise<IdempotencyRecord | StoredAnswer> {
  const own = claim(request);
  // Of equal first tries each is a wish of its own, and one of them is remembered.
  if (request.attempt === 'first') {
    await store.replace(own);
    return own;
  }
  for (let tries = 0; tries < maxClaims; tries++) {
    const standing = await store.open(own);
    if (standing.claimId === own.claimId) return own;
    const decision = decide(standing, request);
    switch (decision.kind) {
      case 'replay':
        return decision.answer;
      case 'in_flight':
        throw new AppError('idempotency_in_flight');
      case 'mismatch':
        throw new AppError('idempotency_mismatch', {
          message: 'Idempotency-Key: expected the request that it was first sent with, got another',
        });
      case 'run':
        if (await store.swap(decision.record, standing.claimId)) return decision.record;
        break;
      default:
        decision satisfies never;
    }
  }
  throw new AppError('idempotency_in_flight');
}

/** Failures and streams are not kept: doing the work again under the same id is safe, and may end better. */
async function answerToKeep({ res }: RequestContext): Promise<StoredAnswer | null> {
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/.test(res.headers.get('content-type') ?? '');
  if (!res.ok || !isJson) return null;
  const body = await res.clone().text();
  if (body.length > maxAnswerCharacters) return null;
  const headers = keptHeaders.flatMap((name): [string, string][] => {
    const value = res.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return { status: res.status, headers: Object.fromEntries(headers), body };
}

function replay(c: RequestContext, { status, headers, body }: StoredAnswer): Response {
  // Only answers that carry a body were kept.
  return c.body(body, status as ContentfulStatusCode, { ...headers, 'idempotent-replayed': 'true' });
}

/** What goes wrong with the store, told apart from what the client did. */
function asUnavailable(error: unknown): never {
  if (error instanceof AppError) throw error;
  throw new AppError('dependency_unavailable', { cause: error });
}

/**
 * Does the work of a repeated request once: by its `Idempotency-Key` for 24 hours, and without one when a client
 * says that it repeats by itself, for 15 minutes. Stands after `authenticate`, on routes that make something whose id
 * is `c.get('resourceId')`; the route must take what already has that id for its own. Not for routes whose answers
 * hold secrets, because answers are stored.
 *
 * Throws `idempotency_in_flight` while the first try is at work, `idempotency_mismatch` when the key was sent with
 * another request, `dependency_unavailable` when nothing can be remembered.
 */
export function idempotency(deps: IdempotencyDeps): MiddlewareHandler<{ Variables: Variables }> {
  const { idempotencyStore: store, reportFailure } = deps;
  return async function idempotency(c, next) {
    const request = await describeRequest(c, deps);
    const claimed = await claimOrReplay(request, store).catch(asUnavailable);
    if (!('claimId' in claimed)) return replay(c, claimed);
    c.set('resourceId', claimed.resourceId);
    await next();
    const record = settled(claimed, await answerToKeep(c));
    // The work is done and may not be reported as failed; the lock lapses, and a retry finds the same resource.
    await store.swap(record, claimed.claimId).catch((cause: unknown) => {
      reportFailure(new AppError('dependency_unavailable', { cause }), c.get('requestId'));
    });
    return undefined;
  };
}
