import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import { publicRoute } from '../middleware/require-scope.ts';

/** `GET /` says that the edge answers, and in which version. */
export function healthz({ version }: Pick<Deps, 'version'>): Hono {
  return new Hono().get('/', publicRoute(), (c) => {
    c.header('cache-control', 'no-store');
    return c.json({ status: 'ok', version });
  });
}
