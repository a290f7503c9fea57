import {
  type AssetList,
  CreateAssetRequest,
  ListAssetsQuery,
  StoreAssetQuery,
} from '@darkroom/shared/contracts/asset';
import { parseContract } from '@darkroom/shared/contracts/parse-contract';
import { AppError } from '@darkroom/shared/errors';
import { idRandomBytes, makeId } from '@darkroom/shared/ids';
import { type Context, Hono } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import { type Principal, requireAsset } from '../auth/principal.ts';
import { type AssetRow, findAsset, insertAwaited, listAssets } from '../db/assets.ts';
import { findProject } from '../db/projects.ts';
import type { Deps } from '../deps.ts';
import type { AuthVariables } from '../middleware/authenticate.ts';
import { type IdempotencyVariables, idempotency } from '../middleware/idempotency.ts';
import { readJson } from '../middleware/read-json.ts';
import { requireScope } from '../middleware/require-scope.ts';
import { uploadKey } from '../storage/asset-keys.ts';
import { assetViewOf } from '../storage/asset-view.ts';
import { eraseAsset } from '../storage/erase.ts';
import { finalizeUpload } from '../storage/finalize-upload.ts';
import { keepAsset } from '../storage/keep-asset.ts';
import { retentionMsOf } from '../storage/retention.ts';

type AssetsDeps = Pick<Deps, 'db' | 'images' | 'nowMs' | 'random' | 'idempotencyStore' | 'reportFailure'>;
type Variables = AuthVariables & IdempotencyVariables & RequestIdVariables;
type AssetsContext = Context<{ Variables: Variables }>;

/** @throws AppError `not_found`, for pictures of other projects and out of a token's reach too */
async function foundAsset({ db, nowMs }: AssetsDeps, principal: Principal, id: string): Promise<AssetRow> {
  requireAsset(principal, id);
  const row = await findAsset(db, { projectId: principal.projectId, id }, nowMs());
  if (!row) throw new AppError('not_found');
  return row;
}

/** @throws AppError `forbidden` */
function requireKey({ kind }: Principal): void {
  if (kind === 'key') return;
  const message = 'a client token is for the one asset that it names: send its file, make no other';
  throw new AppError('forbidden', { message });
}

/** Announces a picture whose file is to come. */
async function announce(deps: AssetsDeps, c: AssetsContext): Promise<AssetRow> {
  const { projectId, identityId: keyId } = c.get('principal');
  const { retentionSeconds, sha256 = null, mime, sizeBytes } = await readJson(c.req, CreateAssetRequest);
  const retentionMs = retentionMsOf(await findProject(deps.db, projectId), retentionSeconds);
  const id = c.get('resourceId');
  const createdAtMs = deps.nowMs();
  return await insertAwaited(deps.db, {
    id,
    projectId,
    keyId,
    objectKey: uploadKey(id),
    mime,
    sizeBytes,
    sha256,
    createdAtMs,
    eraseAtMs: retentionMs === null ? null : createdAtMs + retentionMs,
  });
}

/** Stores a file that is the body. */
async function store(deps: AssetsDeps, c: AssetsContext, mime: string): Promise<AssetRow> {
  const { projectId, identityId: keyId } = c.get('principal');
  const { sha256, retentionSeconds } = parseContract(StoreAssetQuery, c.req.query());
  const retentionMs = retentionMsOf(await findProject(deps.db, projectId), retentionSeconds);
  const bytes = await c.req.arrayBuffer();
  const assetId = c.get('resourceId');
  return await keepAsset(deps, {
    projectId,
    keyId,
    assetId,
    bytes,
    retentionMs,
    announced: { mime, sha256 },
  });
}

/**
 * Pictures of the caller's project: announce one and send its file, or send the file at once; list, see and delete
 * them. Every answer holds fresh signed addresses; one that is repeated under an Idempotency-Key holds the old ones.
 */
export function assets(deps: AssetsDeps): Hono<{ Variables: Variables }> {
  const { db, nowMs, random } = deps;
  const once = idempotency({
    ...deps,
    newResourceId: () => makeId('asset', nowMs(), random(idRandomBytes)),
    newClaimId: () => crypto.randomUUID(),
  });
  const answer = async (c: AssetsContext, row: AssetRow, status: 200 | 201 = 200) => {
    c.header('cache-control', 'no-store');
    return c.json(await assetViewOf(deps, c.get('principal'), row), status);
  };
  return new Hono<{ Variables: Variables }>()
    .post('/', requireScope('assets:write'), once, async (c) => {
      requireKey(c.get('principal'));
      const [type = ''] = (c.req.header('content-type') ?? '').toLowerCase().split(';');
      const isFile = type.startsWith('image/');
      const row = isFile ? await store(deps, c, type.trim()) : await announce(deps, c);
      c.header('location', `/v1/assets/${row.id}`);
      return await answer(c, row, 201);
    })
    .post('/:id/finalize', requireScope('assets:write'), async (c) => {
      const row = await foundAsset(deps, c.get('principal'), c.req.param('id'));
      return await answer(c, await finalizeUpload(deps, row));
    })
    .get('/', requireScope('assets:read'), async (c) => {
      const principal = c.get('principal');
      const { limit, after } = parseContract(ListAssetsQuery, c.req.query());
      const only = principal.kind === 'client' ? principal.assetId : undefined;
      const { projectId } = principal;
      const rows = await listAssets(db, { projectId, only, after, limit: limit + 1, nowMs: nowMs() });
      const shown = rows.slice(0, limit);
      const views = await Promise.all(shown.map((row) => assetViewOf(deps, principal, row)));
      const next = rows.length > limit ? (views.at(-1)?.id ?? null) : null;
      c.header('cache-control', 'no-store');
      return c.json({ assets: views, next } satisfies AssetList);
    })
    .get('/:id', requireScope('assets:read'), async (c) =>
      answer(c, await foundAsset(deps, c.get('principal'), c.req.param('id'))),
    )
    .delete('/:id', requireScope('assets:write'), async (c) => {
      const { projectId, id } = await foundAsset(deps, c.get('principal'), c.req.param('id'));
      await eraseAsset(deps, { projectId, id });
      return c.body(null, 204);
    });
}
