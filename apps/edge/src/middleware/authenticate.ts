import { AppError } from '@darkroom/shared/errors';
import type { MiddlewareHandler } from 'hono';
import { cacheKeys } from '../auth/key-cache.ts';
import type { Principal } from '../auth/principal.ts';
import { type CredentialDeps, verifyCredential } from '../auth/verify-credential.ts';
import { clientAddress } from './client-address.ts';
import { createFailureGuard } from './failure-guard.ts';
import type { RateCounter } from './token-bucket.ts';

export interface AuthVariables {
  /** Who asks; set by `authenticate`. */
  principal: Principal;
}

export interface AuthenticateDeps extends CredentialDeps {
  readonly rateCounter: RateCounter;
}

/** `Key` is what fal's client says for `Bearer`. */
const authorization = /^(?:bearer|key) +(\S+)$/i;

/** The credential in an `Authorization` header; `undefined` when there is none of a form that we know. */
function credentialOf(header: string | undefined): string | undefined {
  return authorization.exec(header ?? '')?.[1];
}

/**
 * Lets nobody pass who brings no working key or client token. Whatever is wrong, the answer is the same.
 *
 * Throws `unauthenticated`, `rate_limited` after many failures from one address, and `dependency_unavailable`
 * when nobody can be asked.
 */
export function authenticate(deps: AuthenticateDeps): MiddlewareHandler<{ Variables: AuthVariables }> {
  const { nowMs, rateCounter } = deps;
  const cached = { ...deps, keyStore: cacheKeys(deps.keyStore, { nowMs }) };
  const guard = createFailureGuard(rateCounter, { nowMs });
  return async function authenticate(c, next) {
    const address = clientAddress(c);
    guard.check(address);
    const credential = credentialOf(c.req.header('authorization'));
    const principal = credential && (await verifyCredential(credential, cached));
    if (!principal) {
      await guard.count(address);
      c.header('www-authenticate', 'Bearer realm="darkroom"');
      throw new AppError('unauthenticated');
    }
    c.set('principal', principal);
    await next();
  };
}
