import { maxWebhooks, WebhookTopic } from '@darkroom/shared/contracts/webhook';
import type { WebhookId } from '@darkroom/shared/ids';
import { and, desc, eq, isNotNull, sql } from 'drizzle-orm';
import type { WebhookSecret } from '../webhooks/webhook-secret.ts';
import type { Database } from './database.ts';
import { webhookDeliveries, webhookEndpoints } from './schema.ts';
import { selectRow } from './select-row.ts';

/** A webhook as it is kept, with the secrets that it signs with. */
export interface Webhook {
  readonly id: WebhookId;
  readonly projectId: string;
  readonly url: string;
  readonly topics: readonly WebhookTopic[];
  readonly secrets: readonly WebhookSecret[];
  readonly createdAtMs: number;
  readonly disabledAtMs: number | null;
}

/** Which webhook of which project. */
export type WebhookName = Pick<Webhook, 'projectId' | 'id'>;

type WebhookRow = typeof webhookEndpoints.$inferSelect;

/** A topic that this version no longer knows is never told. */
const knownTopics = (names: readonly string[]): WebhookTopic[] =>
  names.flatMap((name) => WebhookTopic.safeParse(name).data ?? []);
const webhookOf = (row: WebhookRow): Webhook => ({ ...row, topics: knownTopics(row.topics) });

const isNamed = ({ projectId, id }: WebhookName) =>
  and(eq(webhookEndpoints.projectId, projectId), eq(webhookEndpoints.id, id));

/** A project's webhook, if it has it. */
export async function findWebhook(db: Database, name: WebhookName): Promise<Webhook | undefined> {
  const [row] = await db.select().from(webhookEndpoints).where(isNamed(name));
  return row && webhookOf(row);
}

/** A project's webhooks, the newest first. */
export async function listWebhooks(db: Database, projectId: string): Promise<Webhook[]> {
  const rows = await db
    .select()
    .from(webhookEndpoints)
    .where(eq(webhookEndpoints.projectId, projectId))
    .orderBy(desc(webhookEndpoints.id));
  return rows.map(webhookOf);
}

/** Stores a new webhook; false = the project has as many as it may. */
export async function insertWebhook(db: Database, webhook: Webhook): Promise<boolean> {
  const row = { ...webhook, topics: [...webhook.topics], secrets: [...webhook.secrets] };
  const hasRoom = sql`WHERE (SELECT count(*) FROM ${webhookEndpoints}
    WHERE ${eq(webhookEndpoints.projectId, webhook.projectId)}) < ${maxWebhooks}`;
  const inserted = await db
    .insert(webhookEndpoints)
    .select(selectRow(webhookEndpoints, row, hasRoom))
    .returning({ id: webhookEndpoints.id });
  return inserted.length > 0;
}

/** Ends the waiting deliveries of a webhook that takes nothing now. */
function endWaiting(db: Database, { projectId, id }: WebhookName) {
  const isDisabled = sql`EXISTS (SELECT 1 FROM ${webhookEndpoints}
    WHERE ${eq(webhookEndpoints.id, id)} AND ${webhookEndpoints.disabledAtMs} IS NOT NULL)`;
  return db
    .update(webhookDeliveries)
    .set({ nextAttemptAtMs: null })
    .where(
      and(
        eq(webhookDeliveries.projectId, projectId),
        eq(webhookDeliveries.endpointId, id),
        isNotNull(webhookDeliveries.nextAttemptAtMs),
        isDisabled,
      ),
    );
}

/** What an owner can change of a webhook. */
export type WebhookChanges = Partial<Pick<Webhook, 'url' | 'topics' | 'disabledAtMs'>>;

/** Changes a webhook; one that is now disabled waits for nothing any more. Undefined = there is none. */
export async function updateWebhook(
  db: Database,
  name: WebhookName,
  { topics, ...changes }: WebhookChanges,
): Promise<Webhook | undefined> {
  const set = { ...changes, ...(topics && { topics: [...topics] }) };
  const [rows] = await db.batch([
    db.update(webhookEndpoints).set(set).where(isNamed(name)).returning(),
    endWaiting(db, name),
  ]);
  return rows[0] && webhookOf(rows[0]);
}

/** Disables a webhook because of what its address answered, unless it has another address by now. */
export async function disableAddress(db: Database, webhook: Webhook, nowMs: number): Promise<void> {
  await db.batch([
    db
      .update(webhookEndpoints)
      .set({ disabledAtMs: nowMs })
      .where(and(isNamed(webhook), eq(webhookEndpoints.url, webhook.url))),
    endWaiting(db, webhook),
  ]);
}

/** Gives a webhook other secrets than it was read with; false = someone else did meanwhile. */
export async function replaceSecrets(
  db: Database,
  webhook: Webhook,
  secrets: readonly WebhookSecret[],
): Promise<boolean> {
  const isAsRead = and(isNamed(webhook), eq(webhookEndpoints.secrets, [...webhook.secrets]));
  const changed = await db
    .update(webhookEndpoints)
    .set({ secrets: [...secrets] })
    .where(isAsRead)
    .returning({ id: webhookEndpoints.id });
  return changed.length > 0;
}

/** Deletes a webhook and its log; what was waiting is not sent any more. */
export async function deleteWebhook(db: Database, name: WebhookName): Promise<void> {
  const { projectId, id } = name;
  await db.batch([
    db.delete(webhookEndpoints).where(isNamed(name)),
    db
      .delete(webhookDeliveries)
      .where(and(eq(webhookDeliveries.projectId, projectId), eq(webhookDeliveries.endpointId, id))),
  ]);
}
