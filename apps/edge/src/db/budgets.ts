import { and, eq } from 'drizzle-orm';
import type { Database } from './database.ts';
import { budgets } from './schema.ts';

/** Whose budget: a project's own (`holderId` = `projectId`), or that of one of its keys (`holderId` = its identity). */
export interface BudgetHolder {
  readonly projectId: string;
  readonly holderId: string;
}

export type Budget = typeof budgets.$inferSelect;

/**
 * Sets what a holder may spend in all, and opens its budget if there is none; null = no cap of its own.
 * A cap below what is spent and reserved stops new jobs and leaves those under way alone.
 *
 * @throws TypeError when the cap is no whole number of micro-credits
 */
export async function setCap(db: Database, holder: BudgetHolder, capMicros: number | null): Promise<void> {
  if (capMicros !== null && (!Number.isSafeInteger(capMicros) || capMicros < 0))
    throw new TypeError(`capMicros: expected whole micro-credits from 0, got ${capMicros}`);
  await db
    .insert(budgets)
    .values({ ...holder, capMicros })
    .onConflictDoUpdate({ target: [budgets.projectId, budgets.holderId], set: { capMicros } });
}

/** A holder's budget, if it has one. */
export async function findBudget(
  db: Database,
  { projectId, holderId }: BudgetHolder,
): Promise<Budget | undefined> {
  const [budget] = await db
    .select()
    .from(budgets)
    .where(and(eq(budgets.projectId, projectId), eq(budgets.holderId, holderId)));
  return budget;
}
