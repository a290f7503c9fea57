import { describe, expect, test } from 'vitest';
import { WebhookStage } from './webhook-stage.ts';

const missingWebhook = `webhook_${'0'.repeat(26)}`;
const missingDelivery = `delivery_${'0'.repeat(26)}`;

const routes = (webhook: string, delivery: string): [string, string][] => [
  ['GET', `/v1/webhooks/${webhook}`],
  ['PATCH', `/v1/webhooks/${webhook}`],
  ['DELETE', `/v1/webhooks/${webhook}`],
  ['POST', `/v1/webhooks/${webhook}/rotate-secret`],
  ['POST', `/v1/webhooks/${webhook}/test`],
  ['GET', `/v1/webhooks/${webhook}/deliveries`],
  ['POST', `/v1/webhooks/${webhook}/deliveries/${delivery}/replay`],
];

describe('a webhook of another project', () => {
  test('answers like one that does not exist, and nothing happens to it', async () => {
    const owner = await WebhookStage.open();
    const webhook = await owner.webhook();
    await owner.post(`/v1/webhooks/${webhook.id}/test`);
    const [delivery] = await owner.log(webhook);
    const { ask } = (await WebhookStage.open()).edge;
    for (const [index, [method, path]] of routes(webhook.id, delivery?.id ?? '').entries()) {
      const [, missing = ''] = routes(missingWebhook, missingDelivery)[index] ?? [];
      const init = { method, headers: { 'x-request-id': 'r1' } };
      const [one, other] = [await ask(path, init), await ask(missing, init)];
      expect([one.status, await one.text()]).toEqual([404, await other.text()]);
    }
    expect(await owner.log(webhook)).toEqual([delivery]);
    expect(await (await ask('/v1/webhooks')).text()).not.toContain(webhook.id);
  });

  test('is told nothing of this one’s jobs', async () => {
    const owner = await WebhookStage.open();
    await owner.webhook();
    const other = await WebhookStage.open();
    await other.webhook();
    await owner.soon(await owner.endedJob());
    expect([owner.arrivals.length, other.arrivals.length]).toEqual([1, 0]);
  });
});

test('a delivery of another webhook of the project is not replayed through this one', async () => {
  const stage = await WebhookStage.open();
  const [one, other] = [await stage.webhook(), await stage.webhook()];
  await stage.post(`/v1/webhooks/${one.id}/test`);
  const [delivery] = await stage.log(one);
  const answer = await stage.post(`/v1/webhooks/${other.id}/deliveries/${delivery?.id}/replay`);
  expect(answer.status).toBe(404);
  expect(stage.arrivals).toHaveLength(1);
});

test('events hold neither the client’s words nor addresses of pictures', async () => {
  const stage = await WebhookStage.open();
  await stage.webhook();
  await stage.soon(await stage.endedJob());
  expect(stage.arrivals[0]?.body).not.toMatch(/secret wish|https?:/);
});

test('no line of the log holds a secret', async () => {
  const stage = await WebhookStage.open();
  const { id } = await stage.webhook();
  await stage.post(`/v1/webhooks/${id}/rotate-secret`);
  await stage.post(`/v1/webhooks/${id}/test`);
  expect(JSON.stringify([stage.edge.logged, stage.edge.failures])).not.toContain('whsec_');
});

test.each(routes(missingWebhook, missingDelivery))(
  '%s %s wants a key, and its scope',
  async (method, path) => {
    const { app, ask } = (await WebhookStage.open({ scopes: ['jobs:read'] })).edge;
    expect((await app.request(path, { method })).status).toBe(401);
    expect((await ask(path, { method })).status).toBe(403);
  },
);
