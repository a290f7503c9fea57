import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Deps } from '../deps.ts';

/** Headers that keep browsers from guessing and leaking. */
export function securityHeaders(): MiddlewareHandler {
  // Answers are fetched by applications of others, and shown in no frame.
  return secureHeaders({ crossOriginResourcePolicy: 'cross-origin', xFrameOptions: 'DENY' });
}

/** Tells how long the answer took, beside what a route says of its own parts. */
export function serverTiming({ nowMs }: Pick<Deps, 'nowMs'>): MiddlewareHandler {
  return async function serverTiming(c, next) {
    const startMs = nowMs();
    await next();
    c.header('server-timing', `total;dur=${nowMs() - startMs}`, { append: true });
  };
}
