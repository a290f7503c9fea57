import {
  CreateKeyRequest,
  type KeyId,
  type KeyList,
  type KeyView,
  type NewKeyView,
  RerollKeyRequest,
  UpdateKeyRequest,
} from '@darkroom/shared/contracts/api-key';
import { AppError } from '@darkroom/shared/errors';
import { Hono } from 'hono';
import { type ApiKey, apiKeyRandomBytes, makeApiKey } from '../auth/api-key.ts';
import { requireGrant } from '../auth/grant.ts';
import { type KeyRecord, keyViewOf } from '../auth/key-record.ts';
import type { Principal } from '../auth/principal.ts';
import { rerollKey } from '../auth/reroll.ts';
import {
  findKey,
  insertKey,
  type KeyChanges,
  listKeys,
  revokeKey,
  storeReroll,
  updateKey,
} from '../db/keys.ts';
import type { Deps } from '../deps.ts';
import type { AuthVariables } from '../middleware/authenticate.ts';
import { readJson } from '../middleware/read-json.ts';
import { requireScope } from '../middleware/require-scope.ts';

type KeysDeps = Pick<Deps, 'db' | 'hasher' | 'nowMs' | 'random'>;

/** @throws AppError `not_found`, for keys of other projects too */
async function foundKey({ db }: KeysDeps, { projectId }: Principal, id: KeyId): Promise<KeyRecord> {
  const record = await findKey(db, { projectId, id });
  if (!record) throw new AppError('not_found');
  return record;
}

/** @throws AppError `invalid_request` when the key would never work */
function endOf(expiresAt: string | null, nowMs: number): number | null {
  if (expiresAt === null) return null;
  const expiresAtMs = Date.parse(expiresAt);
  if (expiresAtMs > nowMs) return expiresAtMs;
  const message = `expiresAt: expected a time to come, got ${expiresAt}`;
  throw new AppError('invalid_request', { message, details: { field: 'expiresAt' } });
}

async function newRecord(
  request: CreateKeyRequest,
  key: ApiKey,
  owner: KeysDeps & Pick<Principal, 'projectId'>,
): Promise<KeyRecord> {
  const nowMs = owner.nowMs();
  const { expiresAt, ...asked } = request;
  return {
    ...asked,
    id: key.id,
    identityId: key.id,
    projectId: owner.projectId,
    hash: await owner.hasher.hash(key.text),
    createdAtMs: nowMs,
    expiresAtMs: endOf(expiresAt, nowMs),
    revokedAtMs: null,
    disabledAtMs: null,
    replacedById: null,
  };
}

function changesOf({ name, limits, isDisabled }: UpdateKeyRequest, nowMs: number): KeyChanges {
  return {
    ...(name !== undefined && { name }),
    ...(limits && { limits }),
    ...(isDisabled !== undefined && { disabledAtMs: isDisabled ? nowMs : null }),
  };
}

const newKeyViewOf = (record: KeyRecord, { text }: ApiKey, nowMs: number): NewKeyView => ({
  ...keyViewOf(record, nowMs),
  key: text,
});

/** Keys of the caller's project: make, list, see, change, replace and revoke them. Secrets are shown once, when made. */
export function keys(deps: KeysDeps): Hono<{ Variables: AuthVariables }> {
  const { db, hasher, nowMs, random } = deps;
  return new Hono<{ Variables: AuthVariables }>()
    .post('/', requireScope('keys:write'), async (c) => {
      const principal = c.get('principal');
      const request = await readJson(c.req, CreateKeyRequest);
      requireGrant(principal, request);
      const key = makeApiKey(request.environment, random(apiKeyRandomBytes));
      const record = await newRecord(request, key, { ...deps, projectId: principal.projectId });
      await insertKey(db, record);
      c.header('cache-control', 'no-store');
      c.header('location', `/v1/keys/${key.id}`);
      return c.json(newKeyViewOf(record, key, nowMs()), 201);
    })
    .get('/', requireScope('keys:read'), async (c) => {
      const records = await listKeys(db, c.get('principal').projectId);
      return c.json({ keys: records.map((record) => keyViewOf(record, nowMs())) } satisfies KeyList);
    })
    .get('/:id', requireScope('keys:read'), async (c) => {
      const record = await foundKey(deps, c.get('principal'), c.req.param('id'));
      return c.json(keyViewOf(record, nowMs()) satisfies KeyView);
    })
    .patch('/:id', requireScope('keys:write'), async (c) => {
      const principal = c.get('principal');
      const changes = changesOf(await readJson(c.req, UpdateKeyRequest), nowMs());
      const record = await foundKey(deps, principal, c.req.param('id'));
      requireGrant(principal, { ...record, ...changes });
      if (Object.keys(changes).length === 0) return c.json(keyViewOf(record, nowMs()));
      const changed = await updateKey(db, record, changes);
      if (!changed)
        throw new AppError('conflict', { message: `key ${record.id}: expected one that is not revoked` });
      return c.json(keyViewOf(changed, nowMs()) satisfies KeyView);
    })
    .post('/:id/reroll', requireScope('keys:write'), async (c) => {
      const principal = c.get('principal');
      const { overlapSeconds } = await readJson(c.req, RerollKeyRequest);
      const record = await foundKey(deps, principal, c.req.param('id'));
      requireGrant(principal, record);
      const key = makeApiKey(record.environment, random(apiKeyRandomBytes));
      const fresh = { id: key.id, hash: await hasher.hash(key.text) };
      const reroll = rerollKey(record, { nowMs: nowMs(), overlapSeconds, fresh });
      if (!(await storeReroll(db, reroll)))
        throw new AppError('conflict', { message: `key ${record.id}: replaced or revoked meanwhile` });
      c.header('cache-control', 'no-store');
      c.header('location', `/v1/keys/${key.id}`);
      return c.json(newKeyViewOf(reroll.successor, key, nowMs()), 201);
    })
    .delete('/:id', requireScope('keys:write'), async (c) => {
      const { id } = await foundKey(deps, c.get('principal'), c.req.param('id'));
      await revokeKey(db, { projectId: c.get('principal').projectId, id }, nowMs());
      return c.body(null, 204);
    });
}
