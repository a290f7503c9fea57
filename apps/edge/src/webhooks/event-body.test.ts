import { JobEvent, WebhookEvent, webhookTopics } from '@darkroom/shared/contracts/webhook';
import { makeId } from '@darkroom/shared/ids';
import { describe, expect, test } from 'vitest';
import type { EndedJobRow, OutboxEvent } from '../db/outbox.ts';
import { eventBody } from './event-body.ts';

const endedAtMs = 1_700_000_000_000;
const job: EndedJobRow = {
  id: makeId('job', endedAtMs - 5000, new Uint8Array(10)),
  kind: 'edit',
  state: 'failed',
  chargedMicros: 0,
  error: { code: 'image_corrupt', detail: '"'.repeat(2000), retryable: false },
  createdAtMs: endedAtMs - 5000,
  finishedAtMs: endedAtMs,
  pictures: 0,
  result: null,
};
const eventOf = (changes: Partial<OutboxEvent>): OutboxEvent => ({
  topic: 'job.failed',
  subjectId: job.id,
  createdAtMs: endedAtMs,
  job,
  ...changes,
});

describe('eventBody', () => {
  test.each(webhookTopics)('tells %s as the contract says', (topic) => {
    const event = JobEvent.parse(JSON.parse(eventBody(eventOf({ topic })) ?? ''));
    expect(event).toMatchObject({ type: topic, timestamp: '2023-11-14T22:13:20.000Z' });
    expect(event.data).toMatchObject({ id: job.id, status: topic.slice(4), error: job.error });
  });

  test('says nothing of an error where there was none', () => {
    const done = { ...job, state: 'succeeded', error: null, pictures: 2, chargedMicros: 7 } as const;
    const body = eventBody(eventOf({ topic: 'job.succeeded', job: done }));
    const { data } = JobEvent.parse(JSON.parse(body ?? ''));
    expect(data).toMatchObject({ status: 'succeeded', pictures: 2, microCredits: 7 });
    expect('error' in data).toBe(false);
  });

  test('tells a test without a job', () => {
    const subjectId = makeId('webhook', 1, new Uint8Array(10));
    const body = eventBody(eventOf({ topic: 'webhook.test', subjectId, job: null }));
    expect(WebhookEvent.parse(JSON.parse(body ?? ''))).toMatchObject({ data: { id: subjectId } });
  });

  test('tells nothing of a job that was erased', () => {
    expect(eventBody(eventOf({ job: null }))).toBeUndefined();
  });

  test('tells a result in short: no masks, and the best of very many', () => {
    const mask = { score: 1, area: 6, box: [0, 0, 3, 2] as [number, number, number, number], label: 'a dog' };
    const rle = { size: [2, 3] as [number, number], counts: [0, 6] };
    const masks = Array.from({ length: 101 }, () => ({ ...mask, rle }));
    const seen = { ...job, kind: 'segment', state: 'succeeded', error: null } as const;
    const body = eventBody(
      eventOf({ topic: 'job.succeeded', job: { ...seen, result: { kind: 'segment', masks, omitted: 2 } } }),
    );
    const { data } = JobEvent.parse(JSON.parse(body ?? ''));
    expect(JSON.parse(body ?? '').data.result).toEqual(data.result);
    expect(data.result).toEqual({ kind: 'segment', masks: Array(100).fill(mask), omitted: 3 });
  });

  test('stays far below what receivers take, whatever a worker reported', () => {
    const bytes = (changes: Partial<OutboxEvent>) =>
      new TextEncoder().encode(eventBody(eventOf(changes))).length;
    expect(bytes({})).toBeLessThan(20_000);
    const box: [number, number, number, number] = [1e4 / 3, 1e4 / 3, 2e4 / 3, 2e4 / 3];
    const rle = { size: [9999, 9999] as [number, number], counts: Array(9999).fill(9999) };
    const worst = { label: '"'.repeat(200), score: 1 / 3, box, instanceId: 255, area: 1e9, rle };
    const result = { kind: 'detect' as const, detections: Array(300).fill(worst) };
    expect(bytes({ topic: 'job.succeeded', job: { ...job, result } })).toBeLessThan(100_000);
  });
});
