import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import type { IdempotencyStore } from '../middleware/idempotency-record.ts';
import type { Database } from './database.ts';
import { idempotencyRecords as records } from './schema.ts';

const isNamed = (scope: string, key: string) => and(eq(records.scope, scope), eq(records.key, key));

/** Idempotency records in D1. */
export function d1IdempotencyStore(db: Database): IdempotencyStore {
  const target = [records.scope, records.key];
  return {
    async open(record) {
      // An update that changes nothing, because only a row that was written is returned; the primary key decides who was first.
      const [standing = record] = await db
        .insert(records)
        .values(record)
        .onConflictDoUpdate({ target, set: { key: record.key } })
        .returning();
      return standing;
    },
    async replace(record) {
      await db.insert(records).values(record).onConflictDoUpdate({ target, set: record });
    },
    async swap(record, expectedClaimId) {
      const written = await db
        .update(records)
        .set(record)
        .where(and(isNamed(record.scope, record.key), eq(records.claimId, expectedClaimId)))
        .returning({ key: records.key });
      return written.length > 0;
    },
  };
}

/** Deletes records whose time is over, so many at most; tells how many. */
export async function deleteEndedRecords(
  db: Database,
  { nowMs, limit }: { readonly nowMs: number; readonly limit: number },
): Promise<number> {
  const rowid = sql<number>`${records}.rowid`;
  const ended = db.select({ rowid }).from(records).where(lte(records.expiresAtMs, nowMs)).limit(limit);
  const deleted = await db.delete(records).where(inArray(rowid, ended)).returning({ key: records.key });
  return deleted.length;
}
