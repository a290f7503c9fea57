import type { MiddlewareHandler } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import { holdsKey } from '../auth/redact.ts';

/** What a worker takes for its log too. */
const wellFormed = /^[\w-]{1,128}$/;

/**
 * Gives every request an id: the client's own, or a new one where that is absent, malformed, or looks like a key, since
 * ids are logged and passed on. Hono's own would let both pass.
 */
export function requestId(
  newId: () => string = () => crypto.randomUUID(),
): MiddlewareHandler<{ Variables: RequestIdVariables }> {
  return async function requestId(c, next) {
    const sent = c.req.header('x-request-id') ?? '';
    const id = wellFormed.test(sent) && !holdsKey(sent) ? sent : newId();
    c.set('requestId', id);
    c.header('x-request-id', id);
    await next();
  };
}
