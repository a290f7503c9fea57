/** The edge's one seam where failures become answers. */
import type { Problem } from '@darkroom/shared/contracts/problem';
import { type AppError, toAppError } from '@darkroom/shared/errors';
import type { Context, ErrorHandler } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Deps } from '../deps.ts';

/** Seconds that a client should wait before it repeats a request that may succeed later, where nothing better is known. */
const usualRetryAfterSeconds = 2;

/** What a problem's detail has at most, and its facts as JSON. */
const maxCharacters = 10_000;

/** A limiter or a pool that knows when to come back says so in the error's details. */
function retryAfterSecondsOf({ details }: AppError): number {
  const known = details?.['retryAfterSeconds'];
  return typeof known === 'number' ? known : usualRetryAfterSeconds;
}

function problemOf(error: AppError, requestId: string): Problem {
  const { code, title, status, retryable, message, details } = error;
  const problem: Problem = {
    type: `urn:darkroom:problem:${code}`,
    title,
    status,
    code,
    requestId,
    retryable,
  };
  if (code === 'internal') return problem;
  // Both may hold what the client sent, so neither grows with it.
  const isShort = JSON.stringify(details ?? {}).length <= maxCharacters;
  return { ...problem, detail: message.slice(0, maxCharacters), ...(details && isShort && { details }) };
}

/** Answers every failure with problem details; failures of our own are reported whole and shown without their cause. */
export function onError({ reportFailure }: Pick<Deps, 'reportFailure'>): ErrorHandler {
  return function answerProblem(thrown, c: Context<{ Variables: RequestIdVariables }>) {
    const error = toAppError(thrown);
    const requestId = c.get('requestId');
    if (error.status >= 500) reportFailure(error, requestId);
    if (error.retryable) c.header('retry-after', String(retryAfterSecondsOf(error)));
    // OpenAI's clients repeat every 409, 429 and 5xx unless they are told not to.
    else c.header('x-should-retry', 'false');
    c.header('cache-control', 'no-store');
    c.header('content-type', 'application/problem+json');
    // The error table holds only statuses of answers that carry a body.
    return c.body(JSON.stringify(problemOf(error, requestId)), error.status as ContentfulStatusCode);
  };
}
