/** What the edge knows of a key, and the port to where it is kept. */
import type {
  KeyEnvironment,
  KeyId,
  KeyLimits,
  KeyStatus,
  KeyView,
} from '@darkroom/shared/contracts/api-key';
import type { Scope } from '@darkroom/shared/contracts/scopes';
import type { KeyHash } from './key-hash.ts';

export interface KeyRecord {
  readonly id: KeyId;
  /** The first key of its line: usage, limits and caps are counted on it, however often the secret is replaced. */
  readonly identityId: KeyId;
  readonly projectId: string;
  readonly name: string;
  readonly environment: KeyEnvironment;
  readonly hash: KeyHash;
  readonly scopes: readonly Scope[];
  /** Ids of the models that it may use; null = all. */
  readonly models: readonly string[] | null;
  readonly limits: KeyLimits;
  readonly createdAtMs: number;
  /** From this moment on it is refused; null = never. */
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
  /** Set while its owner has switched it off. */
  readonly disabledAtMs: number | null;
  /** The key that takes its place; null = none. */
  readonly replacedById: KeyId | null;
}

export interface KeyStore {
  find(id: KeyId): Promise<KeyRecord | undefined>;
  /** Moves a key to the current pepper, if its hash is still the one that was read. */
  rehash(id: KeyId, from: KeyHash, to: KeyHash): Promise<void>;
  /** A number that grows with every change of any key, in the same transaction as the change. */
  revocationVersion(): Promise<number>;
}

/** Whether a key works at a moment, and if not, why: the most final reason first. */
export function keyStatus({ revokedAtMs, expiresAtMs, disabledAtMs }: KeyRecord, nowMs: number): KeyStatus {
  if (revokedAtMs !== null && revokedAtMs <= nowMs) return 'revoked';
  if (expiresAtMs !== null && expiresAtMs <= nowMs) return 'expired';
  if (disabledAtMs !== null) return 'disabled';
  return 'active';
}

const instant = (timeMs: number) => new Date(timeMs).toISOString();

/** The key as its owner sees it. */
export function keyViewOf(record: KeyRecord, nowMs: number): KeyView {
  const { id, name, environment, scopes, models, limits, createdAtMs, expiresAtMs, replacedById } = record;
  return {
    id,
    name,
    environment,
    status: keyStatus(record, nowMs),
    scopes: [...scopes],
    models: models && [...models],
    limits,
    createdAt: instant(createdAtMs),
    expiresAt: expiresAtMs === null ? null : instant(expiresAtMs),
    replacedBy: replacedById,
  };
}
