/** Who asks, and what it may touch. */
import type { KeyEnvironment, KeyId, KeyLimits } from '@darkroom/shared/contracts/api-key';
import type { JobKind } from '@darkroom/shared/contracts/job-request';
import type { Scope } from '@darkroom/shared/contracts/scopes';
import { AppError } from '@darkroom/shared/errors';
import type { AssetId } from '@darkroom/shared/ids';
import type { KeyRecord } from './key-record.ts';

interface Common {
  readonly projectId: string;
  /** The key that was sent, or that minted the token that was sent. */
  readonly keyId: KeyId;
  /** The first key of that key's line: count usage, limits and caps on it. */
  readonly identityId: KeyId;
  readonly environment: KeyEnvironment;
  readonly scopes: ReadonlySet<Scope>;
  /** Ids of the models that it may use; null = all. */
  readonly models: readonly string[] | null;
  readonly limits: KeyLimits;
}

/** What a client token is bound to. */
export interface ClientGrant {
  readonly assetId: AssetId;
  readonly jobKind: JobKind;
}

export interface KeyPrincipal extends Common {
  readonly kind: 'key';
}

export interface ClientPrincipal extends Common, ClientGrant {
  readonly kind: 'client';
}

export type Principal = KeyPrincipal | ClientPrincipal;

/** The most that a client token may do; its key must be allowed it too. */
const clientScopes: readonly Scope[] = [
  'edits:write',
  'vision:write',
  'jobs:read',
  'jobs:cancel',
  'assets:read',
  'assets:write',
];

/** Who a verified key stands for. */
export function keyPrincipal(record: KeyRecord): KeyPrincipal {
  const { id, identityId, projectId, environment, scopes, models, limits } = record;
  return {
    kind: 'key',
    projectId,
    keyId: id,
    identityId,
    environment,
    scopes: new Set(scopes),
    models,
    limits,
  };
}

/** Who a verified client token stands for: the key that minted it, narrowed to one asset and one kind of job. */
export function clientPrincipal(record: KeyRecord, { assetId, jobKind }: ClientGrant): ClientPrincipal {
  const scopes = clientScopes.filter((scope) => record.scopes.includes(scope));
  return { ...keyPrincipal(record), kind: 'client', scopes: new Set(scopes), assetId, jobKind };
}

/**
 * Refuses a kind of job that a client token is not bound to.
 *
 * @throws AppError `forbidden`
 */
export function requireJobKind(principal: Principal, kind: JobKind): void {
  if (principal.kind === 'key' || principal.jobKind === kind) return;
  const message = `kind: this token allows ${principal.jobKind}, got ${kind}`;
  throw new AppError('forbidden', { message, details: { field: 'kind', allowed: [principal.jobKind] } });
}

/**
 * Hides every asset, and every job made from it, from a client token that is not bound to it.
 *
 * @throws AppError `not_found`, the same as for an asset that does not exist
 */
export function requireAsset(principal: Principal, assetId: AssetId): void {
  if (principal.kind === 'client' && principal.assetId !== assetId) throw new AppError('not_found');
}

/**
 * Refuses a model that is not on the key's list.
 *
 * @throws AppError `forbidden` naming the models that are
 */
export function requireModel(principal: Principal, modelId: string): void {
  if (principal.models === null || principal.models.includes(modelId)) return;
  const message = `model: this key allows ${principal.models.join(', ') || 'none'}, got ${modelId}`;
  throw new AppError('forbidden', { message, details: { field: 'model', allowed: principal.models } });
}

/**
 * Refuses to give another key more than the giver has.
 *
 * @throws AppError `forbidden` naming the scopes that it lacks itself
 */
export function requireGrantable(principal: Principal, scopes: readonly Scope[]): void {
  const missing = scopes.filter((scope) => !principal.scopes.has(scope));
  if (missing.length === 0) return;
  const message = `scopes: a key gives only what it has; it lacks ${missing.join(', ')}`;
  throw new AppError('forbidden', { message, details: { field: 'scopes', missing } });
}
