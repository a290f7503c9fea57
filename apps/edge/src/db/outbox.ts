/** Events that are still to be told: handed to the webhooks that want them, once each. */
import type { JobResult } from '@darkroom/shared/contracts/job-result';
import { testTopic, WebhookTopic } from '@darkroom/shared/contracts/webhook';
import { type IdPrefix, idRandomBytes, makeId } from '@darkroom/shared/ids';
import { and, asc, eq, gte, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { isOneOf } from './is-one-of.ts';
import { jobOutputs, jobResults, jobs, outbox, webhookDeliveries, webhookEndpoints } from './schema.ts';
import { selectRow } from './select-row.ts';

/** Events of one subject have ids between these. */
export const isOfSubject = (id: typeof outbox.id | typeof webhookDeliveries.outboxId, subjectId: string) =>
  and(gte(id, `${subjectId}:`), lt(id, `${subjectId};`));

export interface FanOutOptions {
  readonly nowMs: number;
  readonly random: (length: number) => Uint8Array;
  /** Events to hand over, at most. */
  readonly limit: number;
  /** Only those of one job; absent = all. */
  readonly subjectId?: string;
}

/** A webhook that wants an event; null = none does. */
interface Match {
  readonly outboxId: string;
  readonly endpointId: string | null;
}

/** Unsent events, the oldest first, each beside every webhook that wants it. */
async function unsentMatches(db: Database, { limit, subjectId }: FanOutOptions): Promise<Match[]> {
  const isMeant = subjectId === undefined ? undefined : isOfSubject(outbox.id, subjectId);
  const unsent = db
    .select({ id: outbox.id, projectId: outbox.projectId, topic: outbox.topic })
    .from(outbox)
    .where(and(isNull(outbox.sentAtMs), isMeant))
    .orderBy(asc(outbox.createdAtMs))
    .limit(limit)
    .as('unsent');
  const isWanted = and(
    eq(webhookEndpoints.projectId, unsent.projectId),
    isNull(webhookEndpoints.disabledAtMs),
    sql`EXISTS (SELECT 1 FROM json_each(${webhookEndpoints.topics}) WHERE value = ${unsent.topic})`,
  );
  return await db
    .select({ outboxId: unsent.id, endpointId: webhookEndpoints.id })
    .from(unsent)
    .leftJoin(webhookEndpoints, isWanted);
}

/** One delivery for each webhook that still wants its event; those that are there already stay as they are. */
function insertDeliveries(
  db: Database,
  matches: readonly Match[],
  { nowMs, random }: Pick<FanOutOptions, 'nowMs' | 'random'>,
) {
  const wanted = matches.flatMap(({ outboxId, endpointId }) =>
    endpointId === null
      ? []
      : [{ id: makeId('delivery', nowMs, random(idRandomBytes)), outboxId, endpointId }],
  );
  const field = (name: string) => sql`element.value ->> ${name}`;
  const row = {
    id: field('id'),
    projectId: webhookEndpoints.projectId,
    endpointId: webhookEndpoints.id,
    outboxId: field('outboxId'),
    attempts: 0,
    createdAtMs: nowMs,
    nextAttemptAtMs: nowMs,
  };
  const source = sql`FROM json_each(${JSON.stringify(wanted)}) AS element, ${webhookEndpoints}
    WHERE ${webhookEndpoints.id} = ${field('endpointId')} AND ${webhookEndpoints.disabledAtMs} IS NULL`;
  return db
    .insert(webhookDeliveries)
    .select(selectRow(webhookDeliveries, row, source))
    .onConflictDoNothing();
}

/**
 * Makes a delivery of every unsent event for every webhook that wants it, and marks the events as sent, in one
 * transaction: after a crash all of it is done, or none.
 *
 * @returns how many events were handed over
 */
export async function fanOut(db: Database, options: FanOutOptions): Promise<number> {
  const matches = await unsentMatches(db, options);
  const outboxIds = [...new Set(matches.map(({ outboxId }) => outboxId))];
  if (outboxIds.length === 0) return 0;
  await db.batch([
    insertDeliveries(db, matches, options),
    db.update(outbox).set({ sentAtMs: options.nowMs }).where(isOneOf(outbox.id, outboxIds)),
  ]);
  return outboxIds.length;
}

/** The statement that keeps an event which is told to one webhook alone, so that no other gets it. */
export function insertSent(db: Database, event: Omit<typeof outbox.$inferInsert, 'sentAtMs'>) {
  return db.insert(outbox).values({ ...event, sentAtMs: event.createdAtMs });
}

/** A job's end, as its event tells it. */
export type EndedJobRow = Pick<
  typeof jobs.$inferSelect,
  'id' | 'kind' | 'state' | 'chargedMicros' | 'error' | 'createdAtMs' | 'finishedAtMs'
> & {
  readonly pictures: number;
  /** Null = it found out nothing. */
  readonly result: JobResult | null;
};

/** An event and what it tells of. */
export interface OutboxEvent {
  readonly topic: WebhookTopic | typeof testTopic;
  readonly subjectId: string;
  readonly createdAtMs: number;
  /** Null = it was erased, or the event is of no job. */
  readonly job: EndedJobRow | null;
}

/** An event by its id, with the job that it tells of. */
export async function findEvent(db: Database, id: string): Promise<OutboxEvent | undefined> {
  const pictures = sql<number>`(SELECT count(*) FROM ${jobOutputs} WHERE ${jobOutputs.jobId} = ${jobs.id})`;
  const [row] = await db
    .select({
      topic: outbox.topic,
      subjectId: outbox.subjectId,
      createdAtMs: outbox.createdAtMs,
      job: {
        id: jobs.id,
        kind: jobs.kind,
        state: jobs.state,
        chargedMicros: jobs.chargedMicros,
        error: jobs.error,
        createdAtMs: jobs.createdAtMs,
        finishedAtMs: jobs.finishedAtMs,
        pictures: pictures.as('pictures'),
      },
      result: jobResults.result,
    })
    .from(outbox)
    .leftJoin(jobs, eq(jobs.id, outbox.subjectId))
    .leftJoin(jobResults, eq(jobResults.jobId, jobs.id))
    .where(eq(outbox.id, id));
  if (!row) return undefined;
  const { job, result, ...event } = row;
  const topic = event.topic === testTopic ? testTopic : WebhookTopic.parse(event.topic);
  return { ...event, topic, job: job?.id ? { ...job, result } : null };
}

/** Deletes events that were sent, of jobs and tests from before a moment, so many at most. */
export function deleteEventsBefore(
  db: Database,
  { beforeMs, limit }: { readonly beforeMs: number; readonly limit: number },
) {
  const isBefore = (prefix: IdPrefix) =>
    and(gte(outbox.id, `${prefix}_`), lt(outbox.id, makeId(prefix, beforeMs, new Uint8Array(idRandomBytes))));
  const isOld = and(or(isBefore('job'), isBefore('delivery')), isNotNull(outbox.sentAtMs));
  const old = db.select({ id: outbox.id }).from(outbox).where(isOld).limit(limit);
  return db.delete(outbox).where(inArray(outbox.id, old));
}
