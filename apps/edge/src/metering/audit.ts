import { sql } from 'drizzle-orm';
import type { Database } from '../db/database.ts';
import { budgets, jobs, usage } from '../db/schema.ts';

/** A budget that disagrees with the rows behind it. */
export interface Imbalance {
  readonly projectId: string;
  readonly holderId: string;
  readonly spentMicros: number;
  /** Sum of its usage. */
  readonly billedMicros: number;
  readonly reservedMicros: number;
  /** Sum of what its open jobs hold. */
  readonly heldMicros: number;
}

/** Compares every budget with the usage and the open jobs behind it; an empty list is a sound ledger. */
export async function findImbalances(db: Database): Promise<Imbalance[]> {
  return await db.all<Imbalance>(sql`
    SELECT * FROM (
      SELECT project_id AS projectId, holder_id AS holderId,
        spent_micros AS spentMicros, reserved_micros AS reservedMicros,
        (SELECT coalesce(sum(u.micros), 0) FROM ${usage} u
          WHERE u.project_id = b.project_id AND b.holder_id IN (u.project_id, u.key_id)) AS billedMicros,
        (SELECT coalesce(sum(j.reserved_micros), 0) FROM ${jobs} j
          WHERE j.project_id = b.project_id AND b.holder_id IN (j.project_id, j.key_id)) AS heldMicros
      FROM ${budgets} b)
    WHERE spentMicros <> billedMicros OR reservedMicros <> heldMicros`);
}
