/** Brings events to webhooks: at least once, soon, and again until they are taken or time is over. */
import { testTopic } from '@darkroom/shared/contracts/webhook';
import type { JobId } from '@darkroom/shared/ids';
import { fanOut, findEvent, type OutboxEvent } from '../db/outbox.ts';
import {
  type AttemptRecord,
  claimDue,
  claimNamed,
  type Delivery,
  type DeliveryName,
  recordAttempt,
} from '../db/webhook-deliveries.ts';
import { disableAddress, findWebhook, type Webhook } from '../db/webhooks.ts';
import type { Deps } from '../deps.ts';
import { eventBody } from './event-body.ts';
import { type PostOutcome, postEvent } from './post-event.ts';
import { nextAttemptAtMs } from './schedule.ts';
import { signedHeaders } from './sign.ts';
import { secretsInForce } from './webhook-secret.ts';

export type DeliverDeps = Pick<Deps, 'db' | 'fetch' | 'nowMs' | 'random'>;

const timeoutMs = 15_000;
/** Longer than an attempt can take, so that one is not made twice at a time. */
const leaseMs = 60_000;
/** A Worker holds six connections at once. */
const dueLanes = 6;
/** Whoever tells of one job has other work for its connections. */
const soonLanes = 1;
const maxEvents = 100;
/** Each attempt takes some queries, of which one run has a thousand. */
const maxDeliveries = 150;
/** 410 says that nobody is there any more, and never will be. */
const goneStatus = 410;

/** What one run did. */
export interface DeliveryRun {
  readonly delivered: number;
  readonly failed: number;
}

/** A number from 0 to 1. */
function chanceOf(random: Deps['random']): number {
  return new DataView(random(4).buffer).getUint32(0) / 2 ** 32;
}

async function post(
  delivery: Delivery,
  webhook: Webhook,
  body: string,
  deps: DeliverDeps,
): Promise<PostOutcome> {
  const sentAtMs = deps.nowMs();
  const secrets = secretsInForce(webhook.secrets, sentAtMs).map(({ text }) => text);
  const headers = await signedHeaders({ id: delivery.id, sentAtMs, body }, secrets);
  return await postEvent({ url: webhook.url, headers, body }, { fetch: deps.fetch, timeoutMs });
}

function recordOf(
  { status, error }: PostOutcome,
  { attempts }: Delivery,
  { topic }: OutboxEvent,
  { nowMs, random }: DeliverDeps,
): AttemptRecord {
  const atMs = nowMs();
  const isTaken = error === null;
  const isLast = isTaken || topic === testTopic || status === goneStatus;
  return {
    lastStatus: status,
    lastError: error,
    deliveredAtMs: isTaken ? atMs : null,
    nextAttemptAtMs: isLast ? null : nextAttemptAtMs(attempts, atMs, chanceOf(random)),
  };
}

/** Ends a delivery of which nothing can be told any more. */
async function giveUp(delivery: Delivery, lastError: string, { db }: DeliverDeps): Promise<boolean> {
  await recordAttempt(db, delivery, {
    lastStatus: null,
    lastError,
    deliveredAtMs: null,
    nextAttemptAtMs: null,
  });
  return false;
}

/** Makes the attempt that a delivery was claimed for; tells whether it was taken. */
async function attempt(delivery: Delivery, deps: DeliverDeps): Promise<boolean> {
  const { db, nowMs } = deps;
  const [webhook, event] = await Promise.all([
    findWebhook(db, { projectId: delivery.projectId, id: delivery.endpointId }),
    findEvent(db, delivery.outboxId),
  ]);
  const body = event && eventBody(event);
  if (!webhook || webhook.disabledAtMs !== null)
    return await giveUp(delivery, 'the webhook is disabled', deps);
  if (!event || body === undefined) return await giveUp(delivery, 'the job was erased', deps);
  const outcome = await post(delivery, webhook, body, deps);
  await recordAttempt(db, delivery, recordOf(outcome, delivery, event, deps));
  if (outcome.status === goneStatus) await disableAddress(db, webhook, nowMs());
  return outcome.error === null;
}

interface Share {
  /** Deliveries of one job; absent = of all. */
  readonly subjectId?: string;
  /** Attempts at a time. */
  readonly lanes: number;
}

/** Attempts what is due, several at a time; an address that failed rests until the next run. */
async function attemptDue(deps: DeliverDeps, { subjectId, lanes }: Share): Promise<DeliveryRun> {
  const resting = new Set<string>();
  const run = { delivered: 0, failed: 0 };
  let left = maxDeliveries;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const due = { nowMs: deps.nowMs(), leaseMs, restingIds: [...resting], subjectId };
      const delivery = await claimDue(deps.db, due);
      if (!delivery) return;
      if (await attempt(delivery, deps)) run.delivered += 1;
      else {
        run.failed += 1;
        resting.add(delivery.endpointId);
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const broken = ended.find(({ status }) => status === 'rejected');
  if (broken?.status === 'rejected') throw broken.reason;
  return run;
}

async function deliver(deps: DeliverDeps, share: Share): Promise<DeliveryRun> {
  const { db, nowMs, random } = deps;
  const { subjectId } = share;
  await fanOut(db, { nowMs: nowMs(), random, limit: maxEvents, ...(subjectId && { subjectId }) });
  return await attemptDue(deps, share);
}

/**
 * Hands unsent events to the webhooks that want them, and attempts all deliveries that are due. For the clock to call;
 * whatever breaks off is done by the next run.
 */
export async function deliverDue(deps: DeliverDeps): Promise<DeliveryRun> {
  return await deliver(deps, { lanes: dueLanes });
}

/** Tells the end of one job at once, for whoever has just settled it; what fails here is left to `deliverDue`. */
export async function deliverSoon(deps: DeliverDeps, jobId: JobId): Promise<DeliveryRun> {
  return await deliver(deps, { subjectId: jobId, lanes: soonLanes });
}

/** Attempts one delivery now, whether or not it is due or was taken before; false = there is none. */
export async function deliverNow(deps: DeliverDeps, name: DeliveryName): Promise<boolean> {
  const delivery = await claimNamed(deps.db, name, { nowMs: deps.nowMs(), leaseMs });
  if (delivery) await attempt(delivery, deps);
  return delivery !== undefined;
}
