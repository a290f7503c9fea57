/** The edge's one seam where failures become answers. */
import { type AppError, type ErrorCode, toAppError } from '@darkroom/shared/errors';
import type { Context, ErrorHandler } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Deps } from '../deps.ts';

/** Seconds that a client should wait before it repeats a request that may succeed later. */
export const retryAfterSeconds = 2;

/** RFC 9457 problem details with our extensions. */
export interface Problem {
  readonly type: `urn:darkroom:problem:${ErrorCode}`;
  readonly title: string;
  readonly status: number;
  /** What was expected and what came; absent where it would tell of our insides. */
  readonly detail?: string;
  readonly code: ErrorCode;
  readonly requestId: string;
  readonly retryable: boolean;
  /** Machine-readable facts about the failure; absent = none. */
  readonly details?: Readonly<Record<string, unknown>>;
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
  return { ...problem, detail: message, ...(details && { details }) };
}

/** Answers every failure with problem details; failures of our own are reported whole and shown without their cause. */
export function onError({ reportFailure }: Pick<Deps, 'reportFailure'>): ErrorHandler {
  return function answerProblem(thrown, c: Context<{ Variables: RequestIdVariables }>) {
    const error = toAppError(thrown);
    const requestId = c.get('requestId');
    if (error.status >= 500) reportFailure(error, requestId);
    if (error.retryable) c.header('retry-after', String(retryAfterSeconds));
    c.header('cache-control', 'no-store');
    c.header('content-type', 'application/problem+json');
    // The error table holds only statuses of answers that carry a body.
    return c.body(JSON.stringify(problemOf(error, requestId)), error.status as ContentfulStatusCode);
  };
}
