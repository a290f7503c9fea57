import { type KeyId, maxOverlapSeconds } from '@darkroom/shared/contracts/api-key';
import { AppError } from '@darkroom/shared/errors';
import type { KeyHash } from './key-hash.ts';
import { type KeyRecord, keyStatus } from './key-record.ts';

/** The two records to write in one transaction. */
export interface Reroll {
  readonly replaced: KeyRecord;
  readonly successor: KeyRecord;
}

export interface RerollOptions {
  readonly nowMs: number;
  /** Seconds that the old key goes on working, 0 to seven days. */
  readonly overlapSeconds: number;
  /** The new key's id and hash. */
  readonly fresh: { readonly id: KeyId; readonly hash: KeyHash };
}

/**
 * Replaces a key's secret: the successor has the same name, scopes, models, limits, end and identity.
 *
 * @throws AppError `conflict` when the key does not work any more or has a successor already
 */
export function rerollKey(record: KeyRecord, { nowMs, overlapSeconds, fresh }: RerollOptions): Reroll {
  if (!Number.isInteger(overlapSeconds) || overlapSeconds < 0 || overlapSeconds > maxOverlapSeconds)
    throw new TypeError(`overlapSeconds: expected 0..${maxOverlapSeconds}, got ${overlapSeconds}`);
  const status = keyStatus(record, nowMs);
  if (status !== 'active')
    throw new AppError('conflict', { message: `key ${record.id}: expected an active key, it is ${status}` });
  if (record.replacedById !== null)
    throw new AppError('conflict', {
      message: `key ${record.id}: replaced by ${record.replacedById} already`,
    });
  const endsAtMs = nowMs + overlapSeconds * 1000;
  return {
    replaced: {
      ...record,
      expiresAtMs: Math.min(record.expiresAtMs ?? Number.POSITIVE_INFINITY, endsAtMs),
      revokedAtMs: overlapSeconds === 0 ? nowMs : record.revokedAtMs,
      replacedById: fresh.id,
    },
    successor: { ...record, ...fresh, createdAtMs: nowMs },
  };
}
