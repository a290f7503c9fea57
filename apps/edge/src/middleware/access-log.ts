import type { MiddlewareHandler } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import { routePath } from 'hono/route';
import type { Deps } from '../deps.ts';
import type { AuthVariables } from './authenticate.ts';

/**
 * Logs every request in one line: the route's pattern instead of the address, so that no line holds what a client
 * put there.
 */
export function accessLog({
  log,
  nowMs,
}: Pick<Deps, 'log' | 'nowMs'>): MiddlewareHandler<{ Variables: AuthVariables & RequestIdVariables }> {
  return async function accessLog(c, next) {
    const startMs = nowMs();
    await next();
    // Typed as always set, but some routes ask for no key.
    const principal: AuthVariables['principal'] | undefined = c.get('principal');
    log({
      level: 'info',
      requestId: c.get('requestId'),
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      durationMs: nowMs() - startMs,
      projectId: principal?.projectId,
      keyId: principal?.keyId,
    });
  };
}
