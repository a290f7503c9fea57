import { AppError } from '@darkroom/shared/errors';
import { type Price, totalMicros } from '@darkroom/shared/pricing';
import { and, eq, exists, inArray, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../db/database.ts';
import type { JobRow } from '../db/job-rows.ts';
import { budgets, jobs } from '../db/schema.ts';
import { selectRow } from '../db/select-row.ts';

/** A job to admit, without what the ledger writes. */
export type NewJob = Omit<
  typeof jobs.$inferInsert,
  | keyof Price
  | 'state'
  | 'fence'
  | 'reservedMicros'
  | 'chargedMicros'
  | 'error'
  | 'startedAtMs'
  | 'finishedAtMs'
>;

type Payer = Pick<NewJob, 'projectId' | 'keyId'>;

/** The two budgets on which a job counts. */
function budgetsOf({ projectId, keyId }: Payer): SQL | undefined {
  return and(eq(budgets.projectId, projectId), inArray(budgets.holderId, [projectId, keyId]));
}

function hasRoom(micros: number): SQL {
  const { capMicros, spentMicros, reservedMicros } = budgets;
  return sql`(${capMicros} IS NULL OR ${spentMicros} + ${reservedMicros} + ${micros} <= ${capMicros})`;
}

/** Whether that constraint refused a statement; drizzle and D1 each wrap what SQLite said. */
function isViolation(error: unknown, constraint: string): boolean {
  if (!(error instanceof Error)) return false;
  return error.message.includes(constraint) || isViolation(error.cause, constraint);
}

async function refusal(db: Database, payer: Payer, micros: number): Promise<AppError> {
  const standing = await db
    .select({ holderId: budgets.holderId, hasRoom: sql<number>`${hasRoom(micros)}` })
    .from(budgets)
    .where(budgetsOf(payer));
  const short = (holderId: string) =>
    standing.some((budget) => budget.holderId === holderId && budget.hasRoom === 0);
  const details = { neededMicros: micros };
  if (standing.length < 2)
    return new AppError('internal', { message: `expected budgets of ${payer.projectId} and ${payer.keyId}` });
  if (short(payer.projectId)) return new AppError('insufficient_credit', { details });
  if (short(payer.keyId)) return new AppError('spend_cap_reached', { details });
  // Something ended between the refusal and the look at its reason.
  return new AppError('unavailable', { message: 'credit became free just now; try again', details });
}

/**
 * Admits a job: writes its row and reserves its price on its key and its project, all or nothing. Gives the row.
 *
 * One transaction: the row is written only if both budgets have room, and both budgets are charged only if there is the
 * row. A row of that id from before must not pass for it, so then the insert is made to fail, which undoes everything.
 *
 * @throws AppError `insufficient_credit`, `spend_cap_reached`, `conflict` when there is a job of that id already
 */
export async function reserve(db: Database, job: NewJob, price: Price): Promise<JobRow> {
  const micros = totalMicros(price);
  if (!Number.isSafeInteger(micros) || micros < 0)
    throw new TypeError(`price: expected whole micro-credits, got ${micros}`);
  const row = {
    ...job,
    ...price,
    state: 'queued',
    fence: 0,
    reservedMicros: micros,
    chargedMicros: 0,
  } as const;
  const jobOfId = db.select({ id: jobs.id }).from(jobs).where(eq(jobs.id, job.id));
  const roomy = db
    .select({ count: sql`count(*)` })
    .from(budgets)
    .where(and(budgetsOf(job), hasRoom(micros)));
  const [[admitted]] = await db
    .batch([
      db
        .insert(jobs)
        .select(selectRow(jobs, row, sql`WHERE ${roomy} = 2 OR EXISTS ${jobOfId}`))
        .returning(),
      db
        .update(budgets)
        .set({ reservedMicros: sql`${budgets.reservedMicros} + ${micros}` })
        .where(and(budgetsOf(job), exists(jobOfId))),
    ])
    .catch((error: unknown) => {
      if (!isViolation(error, 'UNIQUE constraint failed: jobs.id')) throw error;
      throw new AppError('conflict', { message: `job ${job.id}: expected a new id`, cause: error });
    });
  if (admitted) return admitted;
  throw await refusal(db, job, micros);
}
