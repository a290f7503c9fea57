import { and, eq, inArray, lte, sql } from 'drizzle-orm';
import type { IdempotencyRecord, IdempotencyStore } from '../middleware/idempotency-record.ts';
import type { Database } from './database.ts';
import { idempotencyRecords as records } from './schema.ts';

const isNamed = (scope: string, key: string) => and(eq(records.scope, scope), eq(records.key, key));

/** Writes a record where none stands; the primary key decides who was first. */
async function insertFirst(db: Database, record: IdempotencyRecord): Promise<boolean> {
  const written = await db
    .insert(records)
    .values(record)
    .onConflictDoNothing()
    .returning({ key: records.key });
  return written.length > 0;
}

/** Idempotency records in D1. */
export function d1IdempotencyStore(db: Database): IdempotencyStore {
  return {
    async find(scope, key) {
      const [record] = await db.select().from(records).where(isNamed(scope, key));
      return record;
    },
    async swap(record, expectedClaimId) {
      if (expectedClaimId === undefined) return insertFirst(db, record);
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
