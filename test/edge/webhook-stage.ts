/** A project with a webhook whose receiver the test plays, jobs that end, and a clock that the test moves. */
import { env } from 'cloudflare:workers';
import { openDatabase } from '@darkroom/edge/db/database';
import { fanOut } from '@darkroom/edge/db/outbox';
import { outbox, webhookDeliveries, webhookEndpoints } from '@darkroom/edge/db/schema';
import { reserve } from '@darkroom/edge/metering/reserve';
import { settle } from '@darkroom/edge/metering/settle';
import { type DeliveryRun, deliverDue, deliverSoon } from '@darkroom/edge/webhooks/deliver';
import { EditRequest } from '@darkroom/shared/contracts/job-request';
import type { JobResult } from '@darkroom/shared/contracts/job-result';
import {
  DeliveryList,
  type DeliveryView,
  NewWebhookView,
  type WebhookTopic,
} from '@darkroom/shared/contracts/webhook';
import { type JobId, makeId } from '@darkroom/shared/ids';
import { type EdgeOptions, type EdgeUnderTest, edgeUnderTest, random } from './edge-app.ts';

export const hookUrl = 'https://hooks.example.com/darkroom';

/** What came to an address. */
export interface Arrival {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly atMs: number;
}

type Answer = (arrival: Arrival) => Response | Promise<Response>;

const endings = {
  'job.succeeded': { state: 'succeeded', outputs: [], model: { id: 'm', sha256: '0'.repeat(64) } },
  'job.failed': { state: 'failed', code: 'image_corrupt', detail: 'image: expected a picture' },
  'job.canceled': { state: 'canceled', stepsDone: 0 },
  'job.expired': { state: 'expired' },
  'job.blocked': { state: 'blocked', code: 'blocked', detail: 'no' },
} as const satisfies Record<WebhookTopic, Parameters<typeof settle>[1]['ending']>;

/** Deliveries are made for all projects at once, so that one test's must not be left to the next. */
export async function forgetWebhooks(): Promise<void> {
  const db = openDatabase(env.DB);
  await db.batch([db.delete(webhookEndpoints), db.delete(webhookDeliveries), db.delete(outbox)]);
}

export class WebhookStage {
  readonly edge: EdgeUnderTest;
  readonly arrivals: Arrival[];
  readonly #world: World;

  constructor(edge: EdgeUnderTest, world: World) {
    this.edge = edge;
    this.#world = world;
    this.arrivals = world.arrivals;
  }

  static async open(options: Pick<EdgeOptions, 'scopes'> = {}): Promise<WebhookStage> {
    const world: World = {
      arrivals: [],
      nowMs: Date.now(),
      answer: () => new Response(null, { status: 204 }),
    };
    const receive: typeof fetch = async (input, init) => {
      const { url, headers, body } = { url: String(input), ...init };
      const arrival = { url, headers: new Headers(headers), body: String(body), atMs: world.nowMs };
      world.arrivals.push(arrival);
      return await world.answer(arrival);
    };
    const edge = await edgeUnderTest({ ...options, fetch: receive, deps: { nowMs: () => world.nowMs } });
    return new WebhookStage(edge, world);
  }

  /** How the receiver answers from now on. */
  answers(answer: Answer): void {
    this.#world.answer = answer;
  }

  pass(durationMs: number): void {
    this.#world.nowMs += durationMs;
  }

  async post(path: string, body: object = {}): Promise<Response> {
    return await this.edge.ask(path, { method: 'POST', body: JSON.stringify(body) });
  }

  async patch(id: string, body: object): Promise<Response> {
    return await this.edge.ask(`/v1/webhooks/${id}`, { method: 'PATCH', body: JSON.stringify(body) });
  }

  async webhook(changes: object = {}): Promise<NewWebhookView> {
    const answer = await this.post('/v1/webhooks', { url: hookUrl, ...changes });
    return NewWebhookView.parse(await answer.json());
  }

  async log({ id }: { readonly id: string }): Promise<DeliveryView[]> {
    const answer = await this.edge.ask(`/v1/webhooks/${id}/deliveries`);
    return DeliveryList.parse(await answer.json()).deliveries;
  }

  /** A job that has just ended. */
  async endedJob(topic: WebhookTopic = 'job.succeeded', result?: JobResult): Promise<JobId> {
    const { deps, project, key } = this.edge;
    const nowMs = deps.nowMs();
    const id = makeId('job', nowMs, random(10));
    const image = makeId('asset', nowMs, random(10));
    const request = EditRequest.parse({ kind: 'edit', image, prompt: 'secret wish' });
    const job = {
      id,
      projectId: project.id,
      keyId: key.id,
      kind: 'edit',
      pool: 'default',
      requestId: 'r1',
      request,
      prompt: { original: request.prompt, enhanced: null },
      seed: 1,
      model: { id: 'm', sha256: null },
      createdAtMs: nowMs,
      deadlineAtMs: nowMs + 60_000,
    } as const;
    await reserve(deps.db, job, { priceId: '2026-11', pictureMicros: 5, pictures: 1, steps: 10 });
    const ending = endings[topic];
    const found = ending.state === 'succeeded' && result ? { ...ending, result } : ending;
    await settle(deps.db, { jobId: id, fence: null, ending: found, nowMs });
    return id;
  }

  async due(): Promise<DeliveryRun> {
    return await deliverDue(this.edge.deps);
  }

  async soon(jobId: JobId): Promise<DeliveryRun> {
    return await deliverSoon(this.edge.deps, jobId);
  }

  /** Only the first half of a run, as if it broke off then. */
  async handOver(): Promise<number> {
    const { db, nowMs } = this.edge.deps;
    return await fanOut(db, { nowMs: nowMs(), random, limit: 100 });
  }
}

interface World {
  readonly arrivals: Arrival[];
  nowMs: number;
  answer: Answer;
}
