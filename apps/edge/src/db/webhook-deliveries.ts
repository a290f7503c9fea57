/** Deliveries: one event on its way to one webhook. */
import { testTopic } from '@darkroom/shared/contracts/webhook';
import { type DeliveryId, idRandomBytes, idTimeMs, makeId, type WebhookId } from '@darkroom/shared/ids';
import { and, asc, desc, eq, inArray, lt, lte, not, or, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { isOneOf } from './is-one-of.ts';
import { deleteEventsBefore, insertSent, isOfSubject } from './outbox.ts';
import { webhookDeliveries as deliveries, outbox } from './schema.ts';

export type Delivery = typeof deliveries.$inferSelect;

/** A delivery beside what it tells. */
export type LoggedDelivery = Delivery & { readonly topic: string; readonly subjectId: string };

/** Which delivery of which webhook. */
export interface DeliveryName {
  readonly projectId: string;
  readonly endpointId: WebhookId;
  readonly id: DeliveryId;
}

const isNamed = ({ projectId, endpointId, id }: DeliveryName) =>
  and(eq(deliveries.projectId, projectId), eq(deliveries.endpointId, endpointId), eq(deliveries.id, id));

const selectLogged = (db: Database) =>
  db
    .select({ delivery: deliveries, topic: outbox.topic, subjectId: outbox.subjectId })
    .from(deliveries)
    .innerJoin(outbox, eq(outbox.id, deliveries.outboxId));

/** A webhook's delivery, if it has it. */
export async function findDelivery(db: Database, name: DeliveryName): Promise<LoggedDelivery | undefined> {
  const [row] = await selectLogged(db).where(isNamed(name));
  return row && { ...row.delivery, topic: row.topic, subjectId: row.subjectId };
}

export interface DeliveryPage {
  readonly limit: number;
  /** Only older ones than this; undefined = from the newest on. */
  readonly after: DeliveryId | undefined;
}

/** A webhook's deliveries, the newest first. */
export async function listDeliveries(
  db: Database,
  { projectId, endpointId }: Omit<DeliveryName, 'id'>,
  { limit, after }: DeliveryPage,
): Promise<LoggedDelivery[]> {
  const { createdAtMs, id } = deliveries;
  const isOlder =
    after === undefined
      ? undefined
      : or(lt(createdAtMs, idTimeMs(after)), and(eq(createdAtMs, idTimeMs(after)), lt(id, after)));
  const rows = await selectLogged(db)
    .where(and(eq(deliveries.projectId, projectId), eq(deliveries.endpointId, endpointId), isOlder))
    .orderBy(desc(createdAtMs), desc(id))
    .limit(limit);
  return rows.map(({ delivery, ...event }) => ({ ...delivery, ...event }));
}

/** Stores an event for one webhook alone, ready to be sent, with a name that no other event has. */
export async function insertTest(db: Database, name: DeliveryName): Promise<void> {
  const { projectId, endpointId, id } = name;
  const createdAtMs = idTimeMs(id);
  const event = { id: `${id}:${testTopic}`, topic: testTopic, subjectId: endpointId };
  const delivery = { ...name, outboxId: event.id, createdAtMs, nextAttemptAtMs: createdAtMs };
  await db.batch([
    insertSent(db, { ...event, projectId, createdAtMs }),
    db.insert(deliveries).values(delivery),
  ]);
}

/** An attempt's lease: until it is over nobody else takes the delivery, and then anyone may, as its holder is gone. */
export interface Lease {
  readonly nowMs: number;
  readonly leaseMs: number;
}

const leased = ({ nowMs, leaseMs }: Lease) => ({
  attempts: sql`${deliveries.attempts} + 1`,
  nextAttemptAtMs: nowMs + leaseMs,
  deliveredAtMs: null,
});

export interface DueOptions extends Lease {
  /** Webhooks whose turn is not now. */
  readonly restingIds: readonly string[];
  /** Only deliveries about one job; undefined = all. */
  readonly subjectId: string | undefined;
}

/** Takes the delivery that is due longest; undefined = none is. */
export async function claimDue(db: Database, options: DueOptions): Promise<Delivery | undefined> {
  const { nowMs, restingIds, subjectId } = options;
  const isDue = and(
    lte(deliveries.nextAttemptAtMs, nowMs),
    not(isOneOf(deliveries.endpointId, restingIds)),
    subjectId === undefined ? undefined : isOfSubject(deliveries.outboxId, subjectId),
  );
  const next = db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(isDue)
    .orderBy(asc(deliveries.nextAttemptAtMs))
    .limit(1);
  const [claimed] = await db
    .update(deliveries)
    .set(leased(options))
    .where(inArray(deliveries.id, next))
    .returning();
  return claimed;
}

/** Takes one delivery, due or not, sent before or not; undefined = there is none. */
export async function claimNamed(
  db: Database,
  name: DeliveryName,
  lease: Lease,
): Promise<Delivery | undefined> {
  const [claimed] = await db.update(deliveries).set(leased(lease)).where(isNamed(name)).returning();
  return claimed;
}

/** How an attempt went. */
export type AttemptRecord = Pick<Delivery, 'lastStatus' | 'lastError' | 'deliveredAtMs' | 'nextAttemptAtMs'>;

/** Writes down how an attempt went, unless someone made a later one. */
export async function recordAttempt(
  db: Database,
  { id, attempts }: Delivery,
  record: AttemptRecord,
): Promise<void> {
  await db
    .update(deliveries)
    .set(record)
    .where(and(eq(deliveries.id, id), eq(deliveries.attempts, attempts)));
}

const dayMs = 24 * 60 * 60 * 1000;
/** How long the log goes back: longer than attempts go on. */
const keptMs = 30 * dayMs;
/** Events are as old as their jobs, which are a little older than the deliveries about them. */
const eventsKeptMs = keptMs + 2 * dayMs;

/** Deletes what the log no longer goes back to, so many of a kind at most. */
export async function deleteOldDeliveries(
  db: Database,
  { nowMs, limit }: { readonly nowMs: number; readonly limit: number },
): Promise<void> {
  const first = makeId('delivery', nowMs - keptMs, new Uint8Array(idRandomBytes));
  const old = db.select({ id: deliveries.id }).from(deliveries).where(lt(deliveries.id, first)).limit(limit);
  await db.batch([
    db.delete(deliveries).where(inArray(deliveries.id, old)),
    deleteEventsBefore(db, { beforeMs: nowMs - eventsKeptMs, limit }),
  ]);
}
