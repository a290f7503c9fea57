/** Headers that steer a request, parsed; what a client sends in them is checked here and nowhere else. */
import { AppError } from '@darkroom/shared/errors';

/** A quoted string of structured fields, or the bare text that most clients send. */
const idempotencyKey = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x7e][\x20-\x7e]{0,254}))$/;

/**
 * The value of `Idempotency-Key`; `undefined` when it is absent.
 *
 * @throws AppError `invalid_request` when it is empty, longer than 255 characters or not printable ASCII
 */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const [matched, quoted, bare] = idempotencyKey.exec(header.trim()) ?? [];
  if (matched !== undefined) return quoted ?? bare;
  const message = 'Idempotency-Key: expected 1 to 255 printable ASCII characters';
  throw new AppError('invalid_request', { message, details: { field: 'Idempotency-Key' } });
}

/** Which try of its own a client says this is, as OpenAI's clients do in `x-stainless-retry-count`; 0 = the first. */
export function readRetryCount(header: string | undefined): number {
  return /^\d{1,3}$/.test(header ?? '') ? Number(header) : 0;
}

/** Seconds that an answer may be waited for. */
const maxWaitSeconds = 60;

/**
 * Seconds of `Prefer: wait` or `wait=N` that a client would wait for its result, 0 to 60; `undefined` = it did not
 * ask. A preference that cannot be understood counts as none, as RFC 7240 wants it.
 */
export function readPreferWait(header: string | undefined): number | undefined {
  for (const preference of (header ?? '').split(',')) {
    const wait = /^\s*wait\s*(?:=\s*"?(\d+)"?\s*)?(?:;|$)/i.exec(preference);
    if (wait) return Math.min(Number(wait[1] ?? maxWaitSeconds), maxWaitSeconds);
  }
  return undefined;
}
