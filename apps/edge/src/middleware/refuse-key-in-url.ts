import { AppError } from '@darkroom/shared/errors';
import type { MiddlewareHandler } from 'hono';
import { holdsKey } from '../auth/redact.ts';

/** The address with percent signs resolved where they can be. */
function decoded(url: string): string {
  return url.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A coded key is a key all the same, and so is one that was coded twice on its way through a form. */
function holdsKeySomehow(url: string): boolean {
  return holdsKey(url) || holdsKey(decoded(url)) || holdsKey(decoded(decoded(url)));
}

/**
 * Refuses requests whose address holds a key: addresses end up in logs and histories on the way.
 *
 * Throws `invalid_request`, before anyone may log the address.
 */
export function refuseKeyInUrl(): MiddlewareHandler {
  return async function refuseKeyInUrl(c, next) {
    if (holdsKeySomehow(c.req.url)) {
      const message = 'expected the key in the Authorization header, got it in the address: replace that key';
      throw new AppError('invalid_request', { message });
    }
    await next();
  };
}
