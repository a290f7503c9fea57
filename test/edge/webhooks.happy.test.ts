import { JobEvent, WebhookList, WebhookView, webhookTopics } from '@darkroom/shared/contracts/webhook';
import { beforeEach, describe, expect, test } from 'vitest';
import { forgetWebhooks, hookUrl, WebhookStage } from './webhook-stage.ts';

const dayMs = 24 * 60 * 60 * 1000;

beforeEach(forgetWebhooks);

describe('POST /v1/webhooks', () => {
  test('makes a webhook for every end of a job, and shows its secret once', async () => {
    const stage = await WebhookStage.open();
    const answer = await stage.post('/v1/webhooks', { url: 'https://HOOKS.example.com/darkroom' });
    const made = (await answer.json()) as { id: string; secret: string };
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/v1/webhooks/${made.id}`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(made).toMatchObject({ url: hookUrl, topics: webhookTopics, isDisabled: false });
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    for (const path of ['/v1/webhooks', `/v1/webhooks/${made.id}`])
      expect(await (await stage.edge.ask(path)).text()).not.toContain('whsec_');
  });
});

describe('GET /v1/webhooks', () => {
  test('lists the webhooks of the project, the newest first, and one by its id', async () => {
    const stage = await WebhookStage.open();
    const first = await stage.webhook();
    stage.pass(1);
    const second = await stage.webhook({ topics: ['job.failed'] });
    const { webhooks } = WebhookList.parse(await (await stage.edge.ask('/v1/webhooks')).json());
    expect(webhooks.map(({ id }) => id)).toEqual([second.id, first.id]);
    const one = WebhookView.parse(await (await stage.edge.ask(`/v1/webhooks/${second.id}`)).json());
    expect(one).toEqual(webhooks[0]);
  });
});

describe('PATCH /v1/webhooks/:id', () => {
  test('changes address and topics, and leaves the rest', async () => {
    const stage = await WebhookStage.open();
    const { secret: _, ...made } = await stage.webhook();
    const changes = { url: 'https://other.example.com/', topics: ['job.failed'] };
    expect(await (await stage.patch(made.id, changes)).json()).toEqual({ ...made, ...changes });
    expect(await (await stage.patch(made.id, {})).json()).toEqual({ ...made, ...changes });
  });

  test('stops a webhook: what waited is not sent, and starts it again for what is to come', async () => {
    const stage = await WebhookStage.open();
    const webhook = await stage.webhook();
    await stage.endedJob();
    await stage.handOver();
    expect(await (await stage.patch(webhook.id, { isDisabled: true })).json()).toMatchObject({
      isDisabled: true,
    });
    await stage.endedJob();
    await stage.due();
    expect(stage.arrivals).toEqual([]);
    expect(await stage.log(webhook)).toMatchObject([{ status: 'failed', attempts: 0 }]);
    await stage.patch(webhook.id, { isDisabled: false });
    const jobId = await stage.endedJob();
    await stage.due();
    expect(stage.arrivals.map(({ body }) => JobEvent.parse(JSON.parse(body)).data.id)).toEqual([jobId]);
  });
});

describe('POST /v1/webhooks/:id/rotate-secret', () => {
  test('gives another secret, beside which the old one signs for a day', async () => {
    const stage = await WebhookStage.open();
    const made = await stage.webhook();
    const answer = await stage.post(`/v1/webhooks/${made.id}/rotate-secret`);
    expect(answer.status).toBe(201);
    const rotated = (await answer.json()) as { secret: string; previousSecretEndsAt: string };
    expect(rotated.secret).not.toBe(made.secret);
    expect(Date.parse(rotated.previousSecretEndsAt)).toBe(stage.edge.deps.nowMs() + dayMs);
    const signatures = async () => {
      await stage.soon(await stage.endedJob());
      return stage.arrivals.at(-1)?.headers.get('webhook-signature')?.split(' ').length;
    };
    expect(await signatures()).toBe(2);
    stage.pass(dayMs);
    expect(await signatures()).toBe(1);
    const view = await (await stage.edge.ask(`/v1/webhooks/${made.id}`)).json();
    expect(view).toMatchObject({ previousSecretEndsAt: null });
  });
});

describe('POST /v1/webhooks/:id/test', () => {
  test('posts a test event at once to this webhook alone, and tells how it went', async () => {
    const stage = await WebhookStage.open();
    const { id } = await stage.webhook();
    await stage.webhook({ url: 'https://other.example.com/' });
    const answer = await stage.post(`/v1/webhooks/${id}/test`);
    expect(answer.status).toBe(201);
    const delivery = await answer.json();
    expect(delivery).toMatchObject({
      topic: 'webhook.test',
      subject: id,
      status: 'delivered',
      lastStatus: 204,
    });
    expect(stage.arrivals).toHaveLength(1);
    expect(JSON.parse(stage.arrivals[0]?.body ?? '')).toMatchObject({ type: 'webhook.test', data: { id } });
    expect(await stage.log({ id })).toEqual([delivery]);
  });

  test('is not repeated when it fails', async () => {
    const stage = await WebhookStage.open();
    const { id } = await stage.webhook();
    stage.answers(() => new Response('not yet', { status: 500 }));
    expect(await (await stage.post(`/v1/webhooks/${id}/test`)).json()).toMatchObject({
      status: 'failed',
      lastStatus: 500,
      lastError: 'expected a 2xx answer, got 500: not yet',
      nextAttemptAt: null,
    });
    stage.pass(dayMs);
    await stage.due();
    expect(stage.arrivals).toHaveLength(1);
  });
});

describe('GET /v1/webhooks/:id/deliveries', () => {
  test('pages through the log, the newest first', async () => {
    const stage = await WebhookStage.open();
    const { id } = await stage.webhook();
    // Two of one moment among them, which their ids alone tell apart.
    for (const [index] of Array.from({ length: 5 }).entries()) {
      if (index !== 3) stage.pass(1);
      await stage.post(`/v1/webhooks/${id}/test`);
    }
    const all = await stage.log({ id });
    const seen: unknown[] = [];
    for (let after = ''; ; ) {
      const page = await stage.edge.ask(`/v1/webhooks/${id}/deliveries?limit=2${after}`);
      const { deliveries, next } = (await page.json()) as { deliveries: unknown[]; next: string | null };
      seen.push(...deliveries);
      if (next === null) break;
      after = `&after=${next}`;
    }
    expect(seen).toHaveLength(5);
    expect(seen).toEqual(all);
  });
});

describe('POST /v1/webhooks/:id/deliveries/:deliveryId/replay', () => {
  test('sends an event again under its first id, though it was given up', async () => {
    const stage = await WebhookStage.open();
    const webhook = await stage.webhook();
    stage.answers(() => new Response(null, { status: 500 }));
    await stage.post(`/v1/webhooks/${webhook.id}/test`);
    const [failed] = await stage.log(webhook);
    stage.answers(() => new Response(null, { status: 200 }));
    const path = `/v1/webhooks/${webhook.id}/deliveries/${failed?.id}/replay`;
    expect(await (await stage.post(path)).json()).toMatchObject({ status: 'delivered', attempts: 2 });
    expect(await (await stage.post(path)).json()).toMatchObject({ status: 'delivered', attempts: 3 });
    const ids = stage.arrivals.map(({ headers }) => headers.get('webhook-id'));
    expect(new Set(ids)).toEqual(new Set([failed?.id]));
    expect(ids).toHaveLength(3);
  });
});

describe('DELETE /v1/webhooks/:id', () => {
  test('ends a webhook with its log and all that waited', async () => {
    const stage = await WebhookStage.open();
    const { id } = await stage.webhook();
    await stage.endedJob();
    await stage.handOver();
    expect((await stage.edge.ask(`/v1/webhooks/${id}`, { method: 'DELETE' })).status).toBe(204);
    await stage.endedJob();
    await stage.due();
    expect(stage.arrivals).toEqual([]);
    for (const path of [`/v1/webhooks/${id}`, `/v1/webhooks/${id}/deliveries`])
      expect((await stage.edge.ask(path)).status).toBe(404);
  });
});
