import { maxWebhooks } from '@darkroom/shared/contracts/webhook';
import { describe, expect, test } from 'vitest';
import { hookUrl, WebhookStage } from './webhook-stage.ts';

test.each([
  ['no address', {}],
  ['an address without https', { url: 'http://hooks.example.com/' }],
  ['an IP address', { url: 'https://127.1/' }],
  ['an address inside a network', { url: 'https://metadata.google.internal/' }],
  ['an odd port', { url: 'https://hooks.example.com:8443/' }],
  ['a password in the address', { url: 'https://a:b@hooks.example.com/' }],
  ['no topic', { url: hookUrl, topics: [] }],
  ['an unknown topic', { url: hookUrl, topics: ['job.begun'] }],
  ['a topic twice', { url: hookUrl, topics: ['job.failed', 'job.failed'] }],
  ['an unknown field', { url: hookUrl, secret: 'mine' }],
])('a webhook with %s is refused, made or changed', async (_case, body) => {
  const stage = await WebhookStage.open();
  const answer = await stage.post('/v1/webhooks', body);
  expect(await answer.json()).toMatchObject({ status: 400, code: 'invalid_request' });
  if (Object.keys(body).length === 0) return;
  const { id } = await stage.webhook();
  expect((await stage.patch(id, body)).status).toBe(400);
});

test('a webhook to this service itself is refused', async () => {
  const stage = await WebhookStage.open();
  const own = 'https://api.darkroom.example.com/v1/webhooks';
  const init = { method: 'POST', body: JSON.stringify({ url: own }) };
  const answer = await stage.edge.ask(own, init);
  expect(await answer.json()).toMatchObject({ code: 'invalid_request', details: { field: 'url' } });
});

test('a project has so many webhooks and no more, even when asked at once', async () => {
  const stage = await WebhookStage.open();
  const asked = Array.from({ length: maxWebhooks + 5 }, () => stage.post('/v1/webhooks', { url: hookUrl }));
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 201)).toHaveLength(maxWebhooks);
  expect(statuses.filter((status) => status === 409)).toHaveLength(5);
});

test('secrets that are replaced at the same moment are lost by nobody who was given one', async () => {
  const stage = await WebhookStage.open();
  const { id } = await stage.webhook();
  const rotate = () => stage.post(`/v1/webhooks/${id}/rotate-secret`);
  const statuses = (await Promise.all([rotate(), rotate(), rotate()])).map(({ status }) => status);
  const done = statuses.filter((status) => status === 201).length;
  expect(done).toBeGreaterThan(0);
  expect(statuses.filter((status) => status === 409)).toHaveLength(3 - done);
  await stage.soon(await stage.endedJob());
  const signatures = stage.arrivals[0]?.headers.get('webhook-signature')?.split(' ') ?? [];
  expect(signatures).toHaveLength(1 + done);
});

describe('a disabled webhook', () => {
  test('takes neither tests nor replays', async () => {
    const stage = await WebhookStage.open();
    const webhook = await stage.webhook();
    await stage.post(`/v1/webhooks/${webhook.id}/test`);
    const [delivery] = await stage.log(webhook);
    await stage.patch(webhook.id, { isDisabled: true });
    for (const path of ['test', `deliveries/${delivery?.id}/replay`]) {
      const answer = await stage.post(`/v1/webhooks/${webhook.id}/${path}`);
      expect(await answer.json()).toMatchObject({ status: 409, code: 'conflict' });
    }
    expect(stage.arrivals).toHaveLength(1);
  });
});

test.each(['limit=0', 'limit=101', 'limit=ten', 'after=delivery_1', 'before=1'])(
  'a log is not shown for %s',
  async (query) => {
    const stage = await WebhookStage.open();
    const { id } = await stage.webhook();
    expect((await stage.edge.ask(`/v1/webhooks/${id}/deliveries?${query}`)).status).toBe(400);
  },
);
