import { summaryOf } from '@darkroom/shared/contracts/job-result';
import {
  type JobEvent,
  type TestEvent,
  testTopic,
  type WebhookTopic,
} from '@darkroom/shared/contracts/webhook';
import type { EndedJobRow, OutboxEvent } from '../db/outbox.ts';

const instant = (timeMs: number) => new Date(timeMs).toISOString();

function jobEvent(topic: WebhookTopic, job: EndedJobRow, endedAtMs: number): JobEvent {
  return {
    type: topic,
    timestamp: instant(endedAtMs),
    data: {
      id: job.id,
      kind: job.kind,
      status: topic.slice('job.'.length) as JobEvent['data']['status'],
      pictures: job.pictures,
      microCredits: job.chargedMicros,
      ...(job.error && { error: job.error }),
      ...(job.result && { result: summaryOf(job.result) }),
      createdAt: instant(job.createdAtMs),
      finishedAt: instant(job.finishedAtMs ?? endedAtMs),
    },
  };
}

/**
 * The body that tells an event: the same text in every attempt, without the client's words but those that a result
 * answers, and without addresses of pictures, which end before a last attempt may come. A result is told in short, to
 * keep the body small. Undefined = the job was erased, and nothing is told of it.
 */
export function eventBody({ topic, subjectId, createdAtMs, job }: OutboxEvent): string | undefined {
  if (topic !== testTopic) return job ? JSON.stringify(jobEvent(topic, job, createdAtMs)) : undefined;
  const event: TestEvent = { type: topic, timestamp: instant(createdAtMs), data: { id: subjectId } };
  return JSON.stringify(event);
}
