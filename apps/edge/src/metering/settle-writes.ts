/** The statements that end a job; they stand or fall together, as one batch in settle.ts. */
import { errorTable } from '@darkroom/shared/errors';
import { and, type Column, eq, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../db/database.ts';
import { budgets, jobOutputs, jobResults, jobs, outbox, usage, webhookEndpoints } from '../db/schema.ts';
import { selectRow } from '../db/select-row.ts';
import type { JobEnding, UsageLine } from './charge.ts';

/** What the statements of one batch share. */
export interface Closing {
  readonly db: Database;
  readonly ending: JobEnding;
  /** Holds for the job, until it is ended. */
  readonly isOurs: SQL;
  readonly nowMs: number;
}

/** A field of an element of `json_each`, which SQLite hands over with its own type. */
const field = (name: string) => sql`element.value ->> ${name}`;
/** Each element of a list, beside the job that it belongs to. */
const eachOf = (list: readonly unknown[], isOurs: SQL) =>
  sql`FROM ${jobs}, json_each(${JSON.stringify(list)}) AS element WHERE ${isOurs}`;

/** The budgets give the reservation back and take the charge. */
export function chargeBudgets({ db, isOurs }: Pick<Closing, 'db' | 'isOurs'>, chargedMicros: number) {
  return db
    .update(budgets)
    .set({
      reservedMicros: sql`${budgets.reservedMicros} - ${jobs.reservedMicros}`,
      spentMicros: sql`${budgets.spentMicros} + ${chargedMicros}`,
    })
    .from(jobs)
    .where(
      and(
        isOurs,
        eq(budgets.projectId, jobs.projectId),
        sql`${budgets.holderId} IN (${jobs.projectId}, ${jobs.keyId})`,
      ),
    );
}

/** The bill. */
export function insertUsage({ db, isOurs, nowMs }: Closing, lines: readonly UsageLine[]) {
  const row = {
    jobId: jobs.id,
    item: field('item'),
    projectId: jobs.projectId,
    keyId: jobs.keyId,
    kind: jobs.kind,
    priceId: jobs.priceId,
    quantity: field('quantity'),
    micros: field('micros'),
    atMs: nowMs,
  };
  return db.insert(usage).select(selectRow(usage, row, eachOf(lines, isOurs)));
}

/** The pictures. */
export function insertOutputs({ db, ending, isOurs }: Closing) {
  const row = {
    jobId: jobs.id,
    position: sql`element.key`,
    projectId: jobs.projectId,
    objectKey: field('key'),
    sha256: field('sha256'),
    sizeBytes: field('sizeBytes'),
    mime: field('mime'),
    width: field('width'),
    height: field('height'),
    maskReport: sql`element.value -> 'maskReport'`,
  };
  const outputs = ending.state === 'succeeded' ? ending.outputs : [];
  return db.insert(jobOutputs).select(selectRow(jobOutputs, row, eachOf(outputs, isOurs)));
}

/** What it found out. */
export function insertResult({ db, ending, isOurs }: Closing) {
  const results = ending.state === 'succeeded' && ending.result ? [ending.result] : [];
  const row = { jobId: jobs.id, projectId: jobs.projectId, result: sql`element.value` };
  return db.insert(jobResults).select(selectRow(jobResults, row, eachOf(results, isOurs)));
}

/** What others are to be told; where nobody listens it counts as told. */
export function insertOutbox({ db, ending, isOurs, nowMs }: Closing) {
  const topic = `job.${ending.state}`;
  const row = {
    id: sql`${jobs.id} || ${`:${topic}`}`,
    projectId: jobs.projectId,
    topic,
    subjectId: jobs.id,
    createdAtMs: nowMs,
    sentAtMs: sql`CASE WHEN ${isWanted(jobs.projectId, topic)} THEN NULL ELSE ${nowMs} END`,
  };
  return db
    .insert(outbox)
    .select(selectRow(outbox, row, sql`FROM ${jobs} WHERE ${isOurs}`))
    .returning({ sentAtMs: outbox.sentAtMs });
}

/** Whether a webhook of a project wants a topic. */
function isWanted(projectId: Column, topic: string): SQL {
  const { projectId: owner, disabledAtMs, topics } = webhookEndpoints;
  return sql`EXISTS (SELECT 1 FROM ${webhookEndpoints}, json_each(${topics}) AS wanted
    WHERE ${owner} = ${projectId} AND ${disabledAtMs} IS NULL AND wanted.value = ${topic})`;
}

function errorOf(ending: JobEnding): (typeof jobs.$inferInsert)['error'] {
  if (ending.state === 'succeeded') return null;
  const { code, detail } =
    ending.state === 'canceled' || ending.state === 'expired'
      ? { code: ending.state, detail: errorTable[ending.state].title }
      : ending;
  const details = 'details' in ending ? ending.details : undefined;
  return { code, detail, retryable: errorTable[code].retryable, ...(details && { details }) };
}

interface End {
  readonly chargedMicros: number;
  readonly fence: number | null;
  readonly startedAtMs: number | undefined;
}

/** The job's own end; the last statement, as it makes `isOurs` false. */
export function endJob({ db, ending, isOurs, nowMs }: Closing, { chargedMicros, fence, startedAtMs }: End) {
  return db
    .update(jobs)
    .set({
      state: ending.state,
      reservedMicros: 0,
      chargedMicros,
      error: errorOf(ending),
      finishedAtMs: nowMs,
      ...(fence !== null && { fence }),
      ...(startedAtMs !== undefined && { startedAtMs: sql`coalesce(${jobs.startedAtMs}, ${startedAtMs})` }),
      ...(ending.state === 'succeeded' && { model: ending.model }),
    })
    .where(isOurs)
    .returning({ state: jobs.state, chargedMicros: jobs.chargedMicros });
}
