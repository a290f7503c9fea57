import type { ModelList, ModelView } from '@darkroom/shared/contracts/model-view';
import { AppError } from '@darkroom/shared/errors';
import { Hono } from 'hono';
import type { Deps } from '../deps.ts';
import type { PoolModel } from '../dispatch/job-pools.ts';
import type { AuthVariables } from '../middleware/authenticate.ts';
import { requireScope } from '../middleware/require-scope.ts';
import { withEmbedded } from '../routing/models.ts';
import { shardNames } from '../routing/pools.ts';

/** One view per id: what any pool can do with it counts. */
function merged(models: readonly PoolModel[]): ModelView[] {
  const views = new Map<string, ModelView>();
  for (const { id, kinds, isOnline, sha256 } of models) {
    const seen = views.get(id);
    views.set(id, {
      id,
      kinds: [...new Set([...(seen?.kinds ?? []), ...kinds])],
      isOnline: isOnline || (seen?.isOnline ?? false),
      sha256: seen?.sha256 ?? sha256,
    });
  }
  return [...views.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** `GET /` lists the models that the caller's key may use. */
export function models({ pools }: Pick<Deps, 'pools'>): Hono<{ Variables: AuthVariables }> {
  return new Hono<{ Variables: AuthVariables }>().get('/', requireScope('models:read'), async (c) => {
    const allowed = c.get('principal').models;
    const found = await Promise.all(shardNames().map((name) => pools.models(name))).catch(
      (cause: unknown) => {
        throw new AppError('dependency_unavailable', { cause });
      },
    );
    const views = merged(withEmbedded(found.flat())).filter(({ id }) => allowed?.includes(id) ?? true);
    return c.json({ models: views } satisfies ModelList);
  });
}
