import { AppError } from '@darkroom/shared/errors';
import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import { publicRoute } from '../middleware/require-scope.ts';

/** The pool whose health stands for all. */
const pool = 'default';

/** `GET /` says whether requests can be served now: the database and the pool answer. */
export function readyz({ db, pools }: Pick<Deps, 'db' | 'pools'>): Hono {
  return new Hono().get('/', publicRoute(), async (c) => {
    const [, health] = await Promise.all([db.run(sql`SELECT 1`), pools.health(pool)]).catch(
      (cause: unknown) => {
        throw new AppError('dependency_unavailable', { cause });
      },
    );
    c.header('cache-control', 'no-store');
    return c.json({ status: 'ready', pools: { [pool]: health } });
  });
}
