// What a worker owes its pool when one of them is gone.
import { setTimeout as wait } from 'node:timers/promises';
import { parseEnv } from '@darkroom/gpu-worker/env';
import { jsonLog } from '@darkroom/gpu-worker/log';
import { PoolWorker } from '@darkroom/gpu-worker/runner/pool-worker';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PoolStandIn } from '../support/pool-stand-in.ts';
import { WorkerStage } from '../support/worker-stage.ts';

/** A busy machine starts a process in many times what it takes alone. */
const patienceMs = 180_000;
const endless = { steps: 150, scheduler: 'heun' };

let stage: WorkerStage;
beforeEach(async () => {
  stage = await WorkerStage.open();
}, patienceMs);
afterEach(() => stage[Symbol.asyncDispose]());

it(
  'delivers after a restart what ended while the pool was away, and forgets it when it is acknowledged',
  async () => {
    const offer = stage.offer({ job: { steps: 30 } });
    const { port } = stage.pool;
    {
      await using killed = stage.spawn();
      await stage.pool.say(offer);
      await stage.pool.until(() =>
        stage.pool.all('beat').some(({ leases }) => leases.some(({ step }) => step > 0)),
      );
      await stage.pool[Symbol.asyncDispose]();
      const [key] = offer.outputs.map((output) => output.key);
      while (!stage.store.objects.has(key ?? '') || !killed.log.some(({ message }) => message === 'done'))
        await wait(50);
      // The thread writes what the main thread logged a moment ago.
      await wait(500);
      killed.signal('SIGKILL');
      expect(await killed.exit()).toBe('SIGKILL');
    }
    stage.pool = await PoolStandIn.open(port);
    {
      await using restarted = stage.spawn();
      const done = await stage.pool.next('done', offer.jobId);
      const [hello] = stage.pool.all('hello');
      expect(hello?.leases).toEqual([{ jobId: offer.jobId, fence: 1 }]);
      expect(stage.pool.heard.indexOf(done)).toBe(1);
      expect(done.metrics.steps).toBe(30);
      restarted.signal('SIGTERM');
      expect(await restarted.exit()).toBe(0);
    }
    await using third = stage.spawn();
    const hello = await stage.pool.until(() => stage.pool.all('hello')[1]);
    expect(hello.leases).toEqual([]);
    third.signal('SIGKILL');
  },
  patienceMs,
);

it(
  'gives back what it cannot finish in the time that it has, and stops at once at a second signal',
  async () => {
    await using brief = stage.spawn({ DRAIN_GRACE_MS: '0' });
    const offer = stage.offer({ job: endless });
    await stage.pool.say(offer);
    await stage.pool.until(() =>
      stage.pool.all('beat').some(({ leases }) => leases.some(({ step }) => step > 0)),
    );
    brief.signal('SIGTERM');
    expect(await stage.pool.next('reject', offer.jobId)).toMatchObject({ reason: 'draining' });
    expect(await brief.exit()).toBe(0);

    await using patient = stage.spawn();
    const other = stage.offer({ job: endless });
    await stage.pool.say(other);
    await stage.pool.next('accept', other.jobId);
    patient.signal('SIGTERM');
    await stage.pool.until(() => stage.pool.all('draining')[1]);
    await wait(400);
    patient.signal('SIGTERM');
    expect(await patient.exit()).toBe(143);
  },
  patienceMs,
);

it(
  'beats on while a job blocks its thread',
  async () => {
    const beatsOf = (jobId: string) =>
      stage.pool.all('beat').filter(({ leases }) => leases.some((lease) => lease.jobId === jobId)).length;
    const offer = stage.offer();
    const beats: number[] = [];
    /** Blocks like a long step of a network: nothing else runs on this thread, the pool of this test neither. */
    const blockingFetch: typeof fetch = async (input, init) => {
      const before = beatsOf(offer.jobId);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
      // Time to hear what was said meanwhile, and one beat more.
      await wait(100);
      beats.push(beatsOf(offer.jobId) - before);
      return fetch(input, init);
    };
    const ports = { fetch: blockingFetch, log: jsonLog(() => undefined) };
    const worker = await PoolWorker.start(parseEnv(stage.env()), ports);
    try {
      await stage.pool.say(offer);
      await stage.pool.next('done', offer.jobId);
    } finally {
      await worker.drain();
    }
    // 15 in 1.5 s on a machine that is free; a heart on the blocked thread would have beaten twice.
    expect(beats).toHaveLength(2);
    expect(Math.min(...beats)).toBeGreaterThanOrEqual(6);
  },
  patienceMs,
);

it('explains its environment, and refuses a wrong one by name', async () => {
  await using wrong = stage.spawn({ SLOTS: 'many' });
  expect(await wrong.exit()).toBe(2);
  expect(wrong.output).toMatch(/^SLOTS: expected a whole number from 1 to 64\n\nUsage: /);
});
