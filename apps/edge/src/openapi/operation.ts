/** One row of the table of operations, and what follows from it for every operation of its kind. */
import { type ErrorCode, errorCodes } from '@darkroom/shared/errors';
import type { Access } from '../middleware/require-scope.ts';
import type { AnswerName, QueryName, RequestName, ValueName } from './contracts.ts';
import type { RequestHeader } from './request-headers.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What a body is made of: a contract, as JSON or as the fields of a form, or bytes of that type. */
export type RequestContent = Readonly<Record<string, RequestName | 'bytes'>>;

/** A header that the answer carries beside the usual ones. */
export type AnswerHeader = 'location' | 'etag' | 'preference-applied';

export interface Answer {
  /** What it says, in words. */
  readonly meaning: string;
  /** Media type and what it is made of; absent = no body. */
  readonly content?: Readonly<Record<string, AnswerName | 'schema' | 'text'>>;
  readonly headers?: readonly AnswerHeader[];
}

export interface Operation {
  /** Name in generated clients. */
  readonly id: string;
  readonly method: Method;
  /** As the router spells it: `/v1/keys/:id`. */
  readonly path: string;
  readonly tag: string;
  readonly access: Access;
  /** Asks for the token of a worker instead of a key. */
  readonly isForWorkers?: true;
  readonly summary: string;
  /** What else a caller must know; absent = nothing. */
  readonly description?: string;
  /** The names in the path. */
  readonly names?: Readonly<Record<string, ValueName>>;
  readonly query?: QueryName;
  readonly body?: RequestContent;
  /** Whether it does repeated work once, by `Idempotency-Key`. */
  readonly isIdempotent?: true;
  /** Headers that steer it, beside `Idempotency-Key`. */
  readonly headers?: readonly RequestHeader[];
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes that it gives beside those that all of its kind give. */
  readonly errors?: readonly ErrorCode[];
}

/** Whatever the route, an address that holds a key is refused, and anything can go wrong on our side. */
const always: readonly ErrorCode[] = ['invalid_request', 'misconfigured', 'internal'];
const withKey: readonly ErrorCode[] = [
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'dependency_unavailable',
];
const withIdempotency: readonly ErrorCode[] = ['idempotency_in_flight', 'idempotency_mismatch'];

/** All codes that an operation may give, in the order of the error table. */
export function errorsOf(operation: Operation): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>([
    ...always,
    ...(operation.access === 'public' ? [] : withKey),
    ...(operation.names ? (['not_found'] as const) : []),
    ...(operation.body ? (['request_too_large'] as const) : []),
    ...(operation.isIdempotent ? withIdempotency : []),
    ...(operation.errors ?? []),
  ]);
  return errorCodes.filter((code) => codes.has(code));
}
