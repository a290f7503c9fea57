/** Webhooks and their deliveries as their owners see them. */
import {
  type DeliveryView,
  testTopic,
  WebhookTopic,
  type WebhookView,
} from '@darkroom/shared/contracts/webhook';
import type { LoggedDelivery } from '../db/webhook-deliveries.ts';
import type { Webhook } from '../db/webhooks.ts';
import { secretsInForce } from './webhook-secret.ts';

const instant = (timeMs: number) => new Date(timeMs).toISOString();
const instantOrNull = (timeMs: number | null) => (timeMs === null ? null : instant(timeMs));

/** A webhook without its secrets. */
export function webhookViewOf(webhook: Webhook, nowMs: number): WebhookView {
  const { id, url, topics, secrets, createdAtMs, disabledAtMs } = webhook;
  const endings = secretsInForce(secrets, nowMs).flatMap(({ endsAtMs }) => endsAtMs ?? []);
  return {
    id,
    url,
    topics: [...topics],
    isDisabled: disabledAtMs !== null,
    createdAt: instant(createdAtMs),
    previousSecretEndsAt: endings.length === 0 ? null : instant(Math.max(...endings)),
  };
}

function statusOf({ deliveredAtMs, nextAttemptAtMs }: LoggedDelivery): DeliveryView['status'] {
  if (deliveredAtMs !== null) return 'delivered';
  return nextAttemptAtMs === null ? 'failed' : 'waiting';
}

/** A delivery, and how it stands. */
export function deliveryViewOf(delivery: LoggedDelivery): DeliveryView {
  const { id, topic, subjectId, attempts, lastStatus, lastError } = delivery;
  return {
    id,
    topic: topic === testTopic ? testTopic : WebhookTopic.parse(topic),
    subject: subjectId,
    status: statusOf(delivery),
    attempts,
    lastStatus,
    lastError,
    createdAt: instant(delivery.createdAtMs),
    nextAttemptAt: instantOrNull(delivery.nextAttemptAtMs),
    deliveredAt: instantOrNull(delivery.deliveredAtMs),
  };
}
