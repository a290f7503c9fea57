import { ClientTokenRequest, type ClientTokenView } from '@darkroom/shared/contracts/client-token';
import { AppError } from '@darkroom/shared/errors';
import { Hono } from 'hono';
import { mintClientToken } from '../auth/client-token.ts';
import { ownsAsset } from '../db/projects.ts';
import type { Deps } from '../deps.ts';
import type { AuthVariables } from '../middleware/authenticate.ts';
import { readJson } from '../middleware/read-json.ts';
import { requireScope } from '../middleware/require-scope.ts';

/** `POST /` mints a token for one asset of the caller's project and one kind of job. */
export function clientTokens(
  deps: Pick<Deps, 'db' | 'signingKeys' | 'nowMs'>,
): Hono<{ Variables: AuthVariables }> {
  return new Hono<{ Variables: AuthVariables }>().post('/', requireScope('tokens:write'), async (c) => {
    const { projectId, keyId } = c.get('principal');
    const { asset, kind, ttlSeconds } = await readJson(c.req, ClientTokenRequest);
    if (!(await ownsAsset(deps.db, projectId, asset))) throw new AppError('not_found');
    const nowMs = deps.nowMs();
    const claims = { keyId, assetId: asset, jobKind: kind };
    const token = await mintClientToken(claims, { keys: deps.signingKeys, nowMs, ttlSeconds });
    const expiresAt = new Date((Math.floor(nowMs / 1000) + ttlSeconds) * 1000).toISOString();
    c.header('cache-control', 'no-store');
    return c.json({ token, asset, kind, expiresAt } satisfies ClientTokenView, 201);
  });
}
