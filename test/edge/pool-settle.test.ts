import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { DurableObjectNamespace } from '@cloudflare/workers-types';
import { webhookDeliveries } from '@darkroom/edge/db/schema';
import { insertWebhook } from '@darkroom/edge/db/webhooks';
import { doneOf, failOf } from '@darkroom/edge/dispatch/test-pool';
import { durableConcurrencyGate } from '@darkroom/edge/limits/durable-concurrency-gate';
import type { Limits } from '@darkroom/edge/limits/limits';
import { slotSubject } from '@darkroom/edge/middleware/concurrency';
import { makeSecret, secretRandomBytes } from '@darkroom/edge/webhooks/webhook-secret';
import { type JobId, makeId } from '@darkroom/shared/ids';
import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { PoolStage } from './pool-stage.ts';

afterEach(() => vi.unstubAllGlobals());

describe('while the books are closed', () => {
  test('an end is kept, over a restart too, and is then in the books and billed once', async () => {
    const stage = await PoolStage.open('books');
    const worker = await stage.join();
    const lease = await stage.running(worker);
    await expect.poll(() => stage.state(lease.jobId)).toBe('running');
    await env.DB.exec(
      "CREATE TRIGGER closed BEFORE UPDATE ON budgets BEGIN SELECT RAISE(ABORT, 'closed'); END",
    );
    worker.say(doneOf(lease));
    expect((await worker.next('ack')).verdict).toBe('accepted');
    await stage.pools.waitForEnd(stage.name, lease.jobId, 500);
    await evictDurableObject(stage.stub);
    await stage.pools.waitForEnd(stage.name, lease.jobId, 6_000);
    expect(await stage.state(lease.jobId)).toBe('running');
    expect(await stage.bill(lease.jobId)).toEqual([]);
    await env.DB.exec('DROP TRIGGER closed');
    expect(await stage.ended(lease.jobId)).toBe('succeeded');
    expect(await stage.bill(lease.jobId)).toEqual([{ item: 'picture:0', micros: 100 }]);
    expect(await stage.ledger.budget()).toEqual({ spentMicros: 100, reservedMicros: 0 });
  });
});

describe('the key’s slot is free again when its job', () => {
  const gate = durableConcurrencyGate((env as unknown as { LIMITS: DurableObjectNamespace<Limits> }).LIMITS);
  /** How a worker that runs the job, or is not there, brings it to an end. */
  const ends: Readonly<Record<string, (stage: PoolStage, jobId: JobId) => Promise<void>>> = {
    succeeded: async (stage) => {
      const worker = await stage.join();
      worker.say(doneOf(await stage.accepted(worker)));
    },
    failed: async (stage) => {
      const worker = await stage.join();
      worker.say(failOf(await stage.accepted(worker), { class: 'permanent' }));
    },
    'was poison': async (stage) => {
      const worker = await stage.join();
      worker.say(failOf(await stage.accepted(worker), { class: 'poison', code: 'poison' }));
    },
    'was canceled while it waited': (stage, jobId) => stage.pools.cancel(stage.name, jobId),
    'was canceled while it ran': async (stage, jobId) => {
      const worker = await stage.join();
      const lease = await stage.accepted(worker);
      await stage.pools.cancel(stage.name, jobId);
      worker.say({ type: 'canceled', ...lease, stepsDone: 1 });
    },
    'has expired': async () => undefined,
  };

  test.each(Object.entries(ends))('%s', async (name, end) => {
    const stage = await PoolStage.open(`slot: ${name}`);
    const subject = slotSubject({ identityId: stage.ledger.keyId });
    const enter = (holder: string) => gate.enter(subject, { holder, limit: 1, ttlMs: 60_000 });
    const id = await stage.admit();
    expect([await enter(id), await enter('another')]).toEqual([true, false]);
    const lifeMs = name === 'has expired' ? 300 : 60_000;
    await stage.hand(id, { deadlineAtMs: Date.now() + lifeMs });
    await end(stage, id);
    await stage.ended(id);
    await expect.poll(() => enter('another')).toBe(true);
  });
});

describe('webhooks', () => {
  async function listening(name: string): Promise<PoolStage> {
    const stage = await PoolStage.open(name);
    const { db, projectId } = stage.ledger;
    await insertWebhook(db, {
      id: makeId('webhook', Date.now(), crypto.getRandomValues(new Uint8Array(10))),
      projectId,
      url: 'https://hooks.example.com/end',
      topics: ['job.succeeded'],
      secrets: [makeSecret(crypto.getRandomValues(new Uint8Array(secretRandomBytes)))],
      createdAtMs: Date.now(),
      disabledAtMs: null,
    });
    return stage;
  }

  async function run(stage: PoolStage): Promise<JobId> {
    const worker = await stage.join();
    const lease = await stage.running(worker);
    worker.say(doneOf(lease));
    expect(await stage.ended(lease.jobId)).toBe('succeeded');
    return lease.jobId;
  }

  test('are told of an end at once', async () => {
    const arrivals: string[] = [];
    vi.stubGlobal('fetch', async (_: unknown, init: RequestInit) => {
      arrivals.push(String(init.body));
      return new Response(null, { status: 204 });
    });
    const id = await run(await listening('hook'));
    await expect.poll(() => arrivals).toEqual([expect.stringContaining(id)]);
  });

  test('that are out of reach do not disturb the pool', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('no way there');
    });
    const stage = await listening('deaf hook');
    const { db, projectId } = stage.ledger;
    const deliveries = () =>
      db.select().from(webhookDeliveries).where(eq(webhookDeliveries.projectId, projectId));
    const failed = { attempts: 1, deliveredAtMs: null, lastError: expect.stringMatching(/./) };
    await run(stage);
    await expect.poll(deliveries).toMatchObject([failed]);
    await run(stage);
    await expect.poll(deliveries).toMatchObject([failed, failed]);
  });
});
