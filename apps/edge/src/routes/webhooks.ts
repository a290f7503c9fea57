import { parseContract } from '@darkroom/shared/contracts/parse-contract';
import {
  CreateWebhookRequest,
  type DeliveryList,
  type DeliveryView,
  ListDeliveriesQuery,
  maxWebhooks,
  type NewWebhookView,
  UpdateWebhookRequest,
  type WebhookList,
  type WebhookView,
} from '@darkroom/shared/contracts/webhook';
import { AppError } from '@darkroom/shared/errors';
import { idRandomBytes, makeId } from '@darkroom/shared/ids';
import { type Context, Hono } from 'hono';
import { findDelivery, insertTest, listDeliveries } from '../db/webhook-deliveries.ts';
import {
  deleteWebhook,
  findWebhook,
  insertWebhook,
  listWebhooks,
  replaceSecrets,
  updateWebhook,
  type Webhook,
  type WebhookChanges,
} from '../db/webhooks.ts';
import type { AuthVariables } from '../middleware/authenticate.ts';
import { readJson } from '../middleware/read-json.ts';
import { requireScope } from '../middleware/require-scope.ts';
import { type DeliverDeps, deliverNow } from '../webhooks/deliver.ts';
import { makeSecret, rotateSecrets, secretRandomBytes } from '../webhooks/webhook-secret.ts';
import { publicWebhookUrl } from '../webhooks/webhook-url.ts';
import { deliveryViewOf, webhookViewOf } from '../webhooks/webhook-views.ts';

type WebhookContext = Context<{ Variables: AuthVariables }>;

const ownHost = (c: WebhookContext) => new URL(c.req.url).hostname;

/** @throws AppError `not_found`, for webhooks of other projects too */
async function foundWebhook({ db }: DeliverDeps, c: WebhookContext): Promise<Webhook> {
  const { projectId } = c.get('principal');
  const webhook = await findWebhook(db, { projectId, id: c.req.param('id') ?? '' });
  if (!webhook) throw new AppError('not_found');
  return webhook;
}

/** @throws AppError `not_found` when there is none, `conflict` when it takes nothing now */
async function startedWebhook(deps: DeliverDeps, c: WebhookContext): Promise<Webhook> {
  const webhook = await foundWebhook(deps, c);
  if (webhook.disabledAtMs === null) return webhook;
  throw new AppError('conflict', { message: `webhook ${webhook.id}: expected one that is not disabled` });
}

function changesOf(
  { url, topics, isDisabled }: UpdateWebhookRequest,
  { nowMs, host }: { readonly nowMs: number; readonly host: string },
): WebhookChanges {
  return {
    ...(url !== undefined && { url: publicWebhookUrl(url, host) }),
    ...(topics && { topics }),
    ...(isDisabled !== undefined && { disabledAtMs: isDisabled ? nowMs : null }),
  };
}

function newWebhook(
  { url, topics }: CreateWebhookRequest,
  projectId: string,
  { nowMs, random }: DeliverDeps,
): Webhook {
  const createdAtMs = nowMs();
  return {
    id: makeId('webhook', createdAtMs, random(idRandomBytes)),
    projectId,
    url,
    topics,
    secrets: [makeSecret(random(secretRandomBytes))],
    createdAtMs,
    disabledAtMs: null,
  };
}

function newViewOf(webhook: Webhook, nowMs: number): NewWebhookView {
  return { ...webhookViewOf(webhook, nowMs), secret: webhook.secrets[0]?.text ?? '' };
}

/** A delivery after an attempt, which did not necessarily succeed. */
async function attempted(deps: DeliverDeps, webhook: Webhook, id: string): Promise<DeliveryView> {
  const name = { projectId: webhook.projectId, endpointId: webhook.id, id };
  const isThere = await deliverNow(deps, name);
  const delivery = isThere && (await findDelivery(deps.db, name));
  if (!delivery) throw new AppError('not_found');
  return deliveryViewOf(delivery);
}

/** Changes of webhooks themselves: make, list, see, change, delete them, and replace their secrets, which are shown once. */
function webhookRoutes(deps: DeliverDeps): Hono<{ Variables: AuthVariables }> {
  const { db, nowMs, random } = deps;
  return new Hono<{ Variables: AuthVariables }>()
    .post('/', requireScope('webhooks:write'), async (c) => {
      const request = await readJson(c.req, CreateWebhookRequest);
      const url = publicWebhookUrl(request.url, ownHost(c));
      const webhook = newWebhook({ ...request, url }, c.get('principal').projectId, deps);
      if (!(await insertWebhook(db, webhook)))
        throw new AppError('conflict', { message: `expected at most ${maxWebhooks} webhooks` });
      c.header('cache-control', 'no-store');
      c.header('location', `/v1/webhooks/${webhook.id}`);
      return c.json(newViewOf(webhook, nowMs()), 201);
    })
    .get('/', requireScope('webhooks:read'), async (c) => {
      const found = await listWebhooks(db, c.get('principal').projectId);
      const webhooks = found.map((webhook) => webhookViewOf(webhook, nowMs()));
      return c.json({ webhooks } satisfies WebhookList);
    })
    .get('/:id', requireScope('webhooks:read'), async (c) => {
      return c.json(webhookViewOf(await foundWebhook(deps, c), nowMs()) satisfies WebhookView);
    })
    .patch('/:id', requireScope('webhooks:write'), async (c) => {
      const webhook = await foundWebhook(deps, c);
      const request = await readJson(c.req, UpdateWebhookRequest);
      const changes = changesOf(request, { nowMs: nowMs(), host: ownHost(c) });
      const isSame = Object.keys(changes).length === 0;
      const changed = isSame ? webhook : await updateWebhook(db, webhook, changes);
      if (!changed) throw new AppError('not_found');
      return c.json(webhookViewOf(changed, nowMs()) satisfies WebhookView);
    })
    .post('/:id/rotate-secret', requireScope('webhooks:write'), async (c) => {
      const webhook = await foundWebhook(deps, c);
      const secrets = rotateSecrets(webhook.secrets, makeSecret(random(secretRandomBytes)), nowMs());
      if (!(await replaceSecrets(db, webhook, secrets)))
        throw new AppError('conflict', {
          message: `webhook ${webhook.id}: its secret was replaced meanwhile`,
        });
      c.header('cache-control', 'no-store');
      return c.json(newViewOf({ ...webhook, secrets }, nowMs()), 201);
    })
    .delete('/:id', requireScope('webhooks:write'), async (c) => {
      await deleteWebhook(db, await foundWebhook(deps, c));
      return c.body(null, 204);
    });
}

/** What webhooks were told: the log, and attempts by hand, which are answered when they are over. */
function deliveryRoutes(deps: DeliverDeps): Hono<{ Variables: AuthVariables }> {
  const { db, nowMs, random } = deps;
  return new Hono<{ Variables: AuthVariables }>()
    .post('/:id/test', requireScope('webhooks:write'), async (c) => {
      const webhook = await startedWebhook(deps, c);
      const id = makeId('delivery', nowMs(), random(idRandomBytes));
      await insertTest(db, { projectId: webhook.projectId, endpointId: webhook.id, id });
      return c.json(await attempted(deps, webhook, id), 201);
    })
    .get('/:id/deliveries', requireScope('webhooks:read'), async (c) => {
      const { id: endpointId, projectId } = await foundWebhook(deps, c);
      const { limit, after } = parseContract(ListDeliveriesQuery, c.req.query());
      const found = await listDeliveries(db, { projectId, endpointId }, { limit: limit + 1, after });
      const deliveries = found.slice(0, limit).map(deliveryViewOf);
      const next = found.length > limit ? (deliveries.at(-1)?.id ?? null) : null;
      return c.json({ deliveries, next } satisfies DeliveryList);
    })
    .post('/:id/deliveries/:deliveryId/replay', requireScope('webhooks:write'), async (c) => {
      const webhook = await startedWebhook(deps, c);
      return c.json(await attempted(deps, webhook, c.req.param('deliveryId')));
    });
}

/** Webhooks of the caller's project, and the log of what they were told. */
export function webhooks(deps: DeliverDeps): Hono<{ Variables: AuthVariables }> {
  return webhookRoutes(deps).route('/', deliveryRoutes(deps));
}
