import { AppError } from '@darkroom/shared/errors';
import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import { publicRoute } from '../middleware/require-scope.ts';
import { shardNames } from '../routing/pools.ts';

/** `GET /` says whether requests can be served now: the database and every pool answer. */
export function readyz({ db, pools }: Pick<Deps, 'db' | 'pools'>): Hono {
  return new Hono().get('/', publicRoute(), async (c) => {
    const healthOf = async (name: string) => [name, await pools.health(name)] as const;
    const [, ...health] = await Promise.all([db.run(sql`SELECT 1`), ...shardNames().map(healthOf)]).catch(
      (cause: unknown) => {
        throw new AppError('dependency_unavailable', { cause });
      },
    );
    c.header('cache-control', 'no-store');
    return c.json({ status: 'ready', pools: Object.fromEntries(health) });
  });
}
