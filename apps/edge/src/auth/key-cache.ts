import type { KeyId } from '@darkroom/shared/contracts/api-key';
import type { KeyRecord, KeyStore } from './key-record.ts';

/** How long a record is used without reading it again. */
const recordTtlMs = 30_000;
/** How long the revocation version is believed; a revoked key works on for this long at most. */
const versionTtlMs = 500;
/** Records kept at most; the one that was read first gives way. */
const maxRecords = 10_000;

interface CachedRecord {
  readonly record: KeyRecord;
  readonly version: number;
  readonly readAtMs: number;
}

/**
 * A key store that answers from memory while nothing was changed: one small read of the version in half a second,
 * and one of the record in half a minute, whatever the traffic. Unknown ids are never remembered.
 */
export function cacheKeys(store: KeyStore, { nowMs }: { readonly nowMs: () => number }): KeyStore {
  const records = new Map<KeyId, CachedRecord>();
  let known: { readonly version: number; readonly askedAtMs: number } | undefined;

  const isWithin = (sinceMs: number, ttlMs: number) => {
    const ageMs = nowMs() - sinceMs;
    return ageMs >= 0 && ageMs < ttlMs;
  };

  async function revocationVersion(): Promise<number> {
    if (known && isWithin(known.askedAtMs, versionTtlMs)) return known.version;
    // The age counts from the question: a change after it may be missing from the answer.
    const askedAtMs = nowMs();
    const version = await store.revocationVersion();
    known = { version, askedAtMs };
    return version;
  }

  function remember(id: KeyId, entry: CachedRecord): void {
    records.delete(id);
    const [eldest] = records.keys();
    if (records.size >= maxRecords && eldest !== undefined) records.delete(eldest);
    records.set(id, entry);
  }

  return {
    revocationVersion,
    rehash: (id, from, to) => store.rehash(id, from, to),
    async find(id) {
      // Read before the record, so that a record older than its change never carries the change's version.
      const version = await revocationVersion();
      const cached = records.get(id);
      if (cached?.version === version && isWithin(cached.readAtMs, recordTtlMs)) return cached.record;
      const readAtMs = nowMs();
      const record = await store.find(id);
      if (record) remember(id, { record, version, readAtMs });
      else records.delete(id);
      return record;
    },
  };
}
