import { jobs, outbox, webhookDeliveries } from '@darkroom/edge/db/schema';
import { claimDue, deleteOldDeliveries } from '@darkroom/edge/db/webhook-deliveries';
import { JobEvent, webhookTopics } from '@darkroom/shared/contracts/webhook';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { forgetWebhooks, WebhookStage } from './webhook-stage.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const failing = () => new Response(null, { status: 503 });

beforeEach(forgetWebhooks);

describe('the end of a job', () => {
  test.each(webhookTopics)('is told as %s to the webhooks that want it', async (topic) => {
    const stage = await WebhookStage.open();
    await stage.webhook({ topics: [topic], url: 'https://one.example.com/' });
    await stage.webhook({ topics: webhookTopics.filter((other) => other !== topic) });
    const jobId = await stage.endedJob(topic);
    expect(await stage.soon(jobId)).toEqual({ delivered: 1, failed: 0 });
    const [{ url, body } = { url: '', body: '' }] = stage.arrivals;
    expect(url).toBe('https://one.example.com/');
    expect(JobEvent.parse(JSON.parse(body))).toMatchObject({ type: topic, data: { id: jobId } });
  });

  test('is told with what the job found out, without masks', async () => {
    const stage = await WebhookStage.open();
    await stage.webhook();
    const mask = { score: 0.9, area: 2, box: [0, 0, 2, 1] as [number, number, number, number] };
    const rle = { size: [1, 2] as [number, number], counts: [0, 2] };
    await stage.soon(await stage.endedJob('job.succeeded', { kind: 'segment', masks: [{ ...mask, rle }] }));
    const [{ body } = { body: '' }] = stage.arrivals;
    expect(JSON.parse(body).data.result).toEqual({ kind: 'segment', masks: [mask] });
  });

  test('told at once is not told again by the clock', async () => {
    const stage = await WebhookStage.open();
    await stage.webhook();
    await stage.soon(await stage.endedJob());
    for (const _ of [1, 2]) expect(await stage.due()).toEqual({ delivered: 0, failed: 0 });
    expect(stage.arrivals).toHaveLength(1);
  });

  test('told at once does not wait behind what is due of other jobs', async () => {
    const stage = await WebhookStage.open();
    await stage.webhook();
    for (const _ of [1, 2, 3]) await stage.endedJob('job.failed');
    await stage.handOver();
    const jobId = await stage.endedJob();
    await stage.soon(jobId);
    expect(stage.arrivals.map(({ body }) => JSON.parse(body).data.id)).toEqual([jobId]);
  });

  test('is told to nobody who asked only later', async () => {
    const stage = await WebhookStage.open();
    await stage.endedJob();
    await stage.due();
    await stage.webhook();
    await stage.due();
    expect(stage.arrivals).toEqual([]);
  });

  test('is not told once the job was erased', async () => {
    const stage = await WebhookStage.open();
    const webhook = await stage.webhook();
    const jobId = await stage.endedJob();
    await stage.handOver();
    await stage.edge.deps.db.delete(jobs).where(eq(jobs.id, jobId));
    await stage.due();
    expect(stage.arrivals).toEqual([]);
    expect(await stage.log(webhook)).toMatchObject([{ status: 'failed', lastError: 'the job was erased' }]);
  });
});

describe('a receiver that fails', () => {
  test('is tried ten times in 75 hours with one id and one body, each time freshly signed', async () => {
    const stage = await WebhookStage.open();
    const webhook = await stage.webhook();
    stage.answers(failing);
    await stage.soon(await stage.endedJob());
    // The clock of a deployment strikes every minute; here it strikes when something is due.
    for (let turn = 0; turn < 20; turn++) {
      const [delivery] = await stage.log(webhook);
      if (!delivery?.nextAttemptAt) break;
      stage.pass(Date.parse(delivery.nextAttemptAt) - stage.edge.deps.nowMs());
      await stage.due();
    }
    expect(stage.arrivals).toHaveLength(10);
    const distinct = (pick: (arrival: (typeof stage.arrivals)[number]) => unknown) =>
      new Set(stage.arrivals.map(pick)).size;
    expect(distinct(({ headers }) => headers.get('webhook-id'))).toBe(1);
    expect(distinct(({ body }) => body)).toBe(1);
    expect(distinct(({ headers }) => headers.get('webhook-signature'))).toBe(10);
    const spanMs = stage.arrivals.at(-1)!.atMs - stage.arrivals[0]!.atMs;
    expect(spanMs).toBeGreaterThan(75 * hourMs);
    expect(spanMs).toBeLessThan(84 * hourMs);
    expect(await stage.log(webhook)).toMatchObject([{ status: 'failed', attempts: 10, lastStatus: 503 }]);
  });

  test('is told when it works again', async () => {
    const stage = await WebhookStage.open();
    const webhook = await stage.webhook();
    stage.answers(failing);
    await stage.soon(await stage.endedJob());
    expect(await stage.log(webhook)).toMatchObject([{ status: 'waiting', attempts: 1 }]);
    stage.answers(() => new Response(null, { status: 200 }));
    stage.pass(6_000);
    expect(await stage.due()).toEqual({ delivered: 1, failed: 0 });
    expect(await stage.log(webhook)).toMatchObject([{ status: 'delivered', attempts: 2, lastError: null }]);
  });

  test('does not hold up the others', async () => {
    const stage = await WebhookStage.open();
    await stage.webhook({ url: 'https://broken.example.com/' });
    await stage.webhook({ url: 'https://well.example.com/' });
    stage.answers(({ url }) => (url.includes('broken') ? failing() : new Response(null, { status: 200 })));
    for (let job = 0; job < 12; job++) await stage.endedJob();
    const run = await stage.due();
    expect(run.delivered).toBe(12);
    // Those that were under way at once; then it rests.
    expect(run.failed).toBeLessThanOrEqual(6);
  });
});

describe('a receiver that is gone', () => {
  test('with 410 is left alone: the webhook is disabled, and what waited ends', async () => {
    const stage = await WebhookStage.open();
    const webhook = await stage.webhook();
    stage.answers(failing);
    await stage.soon(await stage.endedJob());
    stage.answers(() => new Response(null, { status: 410 }));
    await stage.soon(await stage.endedJob());
    stage.pass(dayMs);
    await stage.due();
    expect(stage.arrivals).toHaveLength(2);
    const view = await (await stage.edge.ask(`/v1/webhooks/${webhook.id}`)).json();
    expect(view).toMatchObject({ isDisabled: true });
    for (const delivery of await stage.log(webhook)) expect(delivery.status).toBe('failed');
  });

  test('of a webhook that was stopped during an attempt is not tried again', async () => {
    const stage = await WebhookStage.open();
    const webhook = await stage.webhook();
    stage.answers(async () => {
      await stage.patch(webhook.id, { isDisabled: true });
      return failing();
    });
    await stage.soon(await stage.endedJob());
    stage.pass(dayMs);
    await stage.due();
    expect(stage.arrivals).toHaveLength(1);
    expect(await stage.log(webhook)).toMatchObject([
      { status: 'failed', lastError: 'the webhook is disabled' },
    ]);
  });

  test('with 410 for an address that was left meanwhile disables nothing', async () => {
    const stage = await WebhookStage.open();
    const webhook = await stage.webhook();
    stage.answers(async () => {
      await stage.patch(webhook.id, { url: 'https://new.example.com/' });
      return new Response(null, { status: 410 });
    });
    await stage.soon(await stage.endedJob());
    const view = await (await stage.edge.ask(`/v1/webhooks/${webhook.id}`)).json();
    expect(view).toMatchObject({ isDisabled: false });
  });
});

describe('deliveries', () => {
  test('are made once, however many hand events over at one time', async () => {
    const stage = await WebhookStage.open();
    const webhook = await stage.webhook();
    for (let job = 0; job < 8; job++) await stage.endedJob();
    await Promise.all([stage.handOver(), stage.handOver(), stage.handOver()]);
    expect(await stage.log(webhook)).toHaveLength(8);
  });

  test('are sent once, however many runs there are at one time', async () => {
    const stage = await WebhookStage.open();
    await stage.webhook();
    const jobIds: string[] = [];
    for (let job = 0; job < 12; job++) jobIds.push(await stage.endedJob());
    await Promise.all([stage.due(), stage.due(), stage.due()]);
    const told = stage.arrivals.map(({ body }) => JSON.parse(body).data.id as string);
    expect(told.toSorted()).toEqual(jobIds.toSorted());
  });

  test('go on after a run that broke off between handing over and sending', async () => {
    const stage = await WebhookStage.open();
    await stage.webhook();
    await stage.endedJob();
    expect(await stage.handOver()).toBe(1);
    expect(await stage.due()).toEqual({ delivered: 1, failed: 0 });
  });

  test('go on after a run that broke off in the middle of an attempt, when its lease is over', async () => {
    const stage = await WebhookStage.open();
    const webhook = await stage.webhook();
    await stage.endedJob();
    await stage.handOver();
    const { db, nowMs } = stage.edge.deps;
    const lost = { nowMs: nowMs(), leaseMs: 60_000, restingIds: [], subjectId: undefined };
    expect(await claimDue(db, lost)).toMatchObject({ attempts: 1 });
    stage.pass(59_000);
    expect(await stage.due()).toEqual({ delivered: 0, failed: 0 });
    stage.pass(1_000);
    expect(await stage.due()).toEqual({ delivered: 1, failed: 0 });
    expect(await stage.log(webhook)).toMatchObject([{ status: 'delivered', attempts: 2 }]);
  });

  test('keep what a later attempt found when an earlier one ends after it', async () => {
    const stage = await WebhookStage.open();
    const webhook = await stage.webhook();
    const jobId = await stage.endedJob();
    let isFirst = true;
    stage.answers(async () => {
      if (!isFirst) return new Response(null, { status: 200 });
      isFirst = false;
      stage.pass(60_000);
      await stage.due();
      return failing();
    });
    await stage.soon(jobId);
    expect(await stage.log(webhook)).toMatchObject([{ status: 'delivered', attempts: 2, lastStatus: 200 }]);
  });

  test('are forgotten after thirty days, with their events, and not before', async () => {
    const stage = await WebhookStage.open();
    const webhook = await stage.webhook();
    await stage.soon(await stage.endedJob());
    await stage.post(`/v1/webhooks/${webhook.id}/test`);
    const { db, nowMs } = stage.edge.deps;
    const left = async () => {
      await deleteOldDeliveries(db, { nowMs: nowMs(), limit: 1000 });
      return [(await db.select().from(webhookDeliveries)).length, (await db.select().from(outbox)).length];
    };
    const [deliveriesNow, eventsNow] = await left();
    stage.pass(29 * dayMs);
    expect(await left()).toEqual([deliveriesNow, eventsNow]);
    stage.pass(4 * dayMs);
    expect(await left()).toEqual([0, 0]);
  });
});
