import { and, asc, eq, gte, lt, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { usage } from './schema.ts';

export interface UsageQuery {
  readonly projectId: string;
  /** Identity of one key; absent = all keys of the project. */
  readonly keyId?: string;
  readonly fromMs: number;
  /** The first moment that no longer counts. */
  readonly toMs: number;
}

/** What one key had billed on one day for one kind of job. */
export interface UsageRow {
  /** UTC, as in 2026-11-25. */
  readonly day: string;
  readonly keyId: string;
  readonly kind: (typeof usage.$inferSelect)['kind'];
  readonly jobs: number;
  /** Delivered pictures that were billed one by one. */
  readonly pictures: number;
  /** Billed steps of canceled jobs. */
  readonly canceledSteps: number;
  readonly micros: number;
}

const day = sql<string>`date(${usage.atMs} / 1000, 'unixepoch')`;

/** A project's usage by day, key and kind, the earliest day first. */
export async function usageByDay(
  db: Database,
  { projectId, keyId, fromMs, toMs }: UsageQuery,
): Promise<UsageRow[]> {
  return await db
    .select({
      day: day.as('day'),
      keyId: usage.keyId,
      kind: usage.kind,
      jobs: sql<number>`count(DISTINCT ${usage.jobId})`,
      pictures: sql<number>`sum(iif(${usage.item} IN ('steps', 'answer'), 0, ${usage.quantity}))`,
      canceledSteps: sql<number>`sum(iif(${usage.item} = 'steps', ${usage.quantity}, 0))`,
      micros: sql<number>`sum(${usage.micros})`,
    })
    .from(usage)
    .where(
      and(
        eq(usage.projectId, projectId),
        keyId === undefined ? undefined : eq(usage.keyId, keyId),
        gte(usage.atMs, fromMs),
        lt(usage.atMs, toMs),
      ),
    )
    .groupBy(day, usage.keyId, usage.kind)
    .orderBy(asc(day), asc(usage.keyId), asc(usage.kind));
}
