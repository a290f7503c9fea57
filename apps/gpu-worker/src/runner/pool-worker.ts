// A whole worker: models, runner and link put together.
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { OfferFrame } from '@darkroom/shared/contracts/frames';
import { embeddedModels } from '../embedded-models.ts';
import type { WorkerEnv } from '../env.ts';
import { ImageDecoder } from '../image/image-decoder.ts';
import { Link } from '../link/link.ts';
import type { FromLink, PoolOrder } from '../link/link-messages.ts';
import type { LinkSettings } from '../link/link-thread.ts';
import type { Log } from '../log.ts';
import { JobMetrics } from '../metrics/job-metrics.ts';
import { otlpSettings } from '../metrics/otlp-exporter.ts';
import { MeteredStore } from './metered-store.ts';
import { ModelShelf } from './model-shelf.ts';
import { type LeaseEvent, type LeasePorts, runLease } from './run-lease.ts';
import { Runner, type RunnerWord } from './runner.ts';
import { Slots } from './slots.ts';

/** What a worker needs from outside. */
export interface WorkerPorts {
  readonly fetch: typeof fetch;
  readonly log: Log;
}

/** Kept of the grace for the pool's acknowledgements. */
const farewellMs = 2_000;

/** Runs jobs of a pool until it is drained. */
export class PoolWorker {
  readonly #env: WorkerEnv;
  readonly #log: Log;
  readonly #shelf: ModelShelf;
  readonly #slots: Slots;
  readonly #store: MeteredStore;
  readonly #decoder = new ImageDecoder();
  readonly #runner: Runner;
  readonly #link: Link;
  readonly #metrics = new JobMetrics();
  readonly #listening = Promise.withResolvers<number>();
  readonly #settled = Promise.withResolvers<void>();
  readonly #finished = Promise.withResolvers<void>();
  #endsSaid = 0;
  #kept: Extract<FromLink, { kind: 'kept' }> = { kind: 'kept', count: 0, endsHeard: 0 };
  #draining: Promise<void> | undefined;

  private constructor(env: WorkerEnv, settings: LinkSettings, { ports, shelf }: Assembly) {
    this.#env = env;
    this.#log = ports.log;
    this.#shelf = shelf;
    this.#slots = new Slots(env.SLOTS);
    this.#store = new MeteredStore({ budgetBytes: env.MEMORY_BUDGET * 2 ** 20, threads: env.THREADS }, () =>
      performance.now(),
    );
    const lent: LeasePorts = {
      fetch: ports.fetch,
      sleep: async (durationMs, signal) => void (await wait(durationMs, undefined, { signal })),
      now: () => performance.now(),
      shelf,
      store: this.#store,
      decoder: this.#decoder,
      previewEvery: env.PREVIEW_EVERY,
    };
    this.#runner = new Runner({
      slots: this.#slots,
      run: (offer, stop) => runLease(offer, stop, lent),
      say: (word) => this.#say(word),
      resident: () => shelf.resident(this.#store),
      now: Date.now,
      log: ports.log,
      onEvent: (offer, event) => this.#count(offer, event),
    });
    this.#link = new Link(settings, (message) => this.#hear(message));
    this.#link.broken.catch(this.#finished.reject);
    this.#runner.sayReady();
    this.#sayMetrics();
  }

  /** Starts a worker, which dials its pool. @throws model_corrupt when a model's receipt is damaged */
  static async start(env: WorkerEnv, ports: WorkerPorts): Promise<PoolWorker> {
    const shelf = new ModelShelf({
      embedded: embeddedModels,
      cacheFolder: env.MODELS,
      log: ports.log,
    });
    const introduction: LinkSettings['introduction'] = {
      workerId: env.WORKER_ID,
      bootId: randomUUID(),
      pool: env.POOL,
      device: `CPU, ${availableParallelism()} threads`,
      memoryMb: env.MEMORY_BUDGET,
      slots: env.SLOTS,
      models: await shelf.list(),
    };
    const settings: LinkSettings = {
      url: env.POOL_URL.replace(/^http/, 'ws'),
      key: env.POOL_KEY,
      introduction,
      beatEveryMs: env.BEAT_EVERY_MS,
      journalPath: join(env.STATE_DIR, env.WORKER_ID, 'results.jsonl'),
      metricsHost: env.METRICS_HOST,
      metricsPort: env.METRICS_PORT,
      otlp: otlpSettings(env),
    };
    const { workerId, bootId, pool, models } = introduction;
    ports.log('info', 'starting', {
      worker: workerId,
      boot: bootId,
      pool,
      models: models.map(({ id }) => id),
    });
    return new PoolWorker(env, settings, { ports, shelf });
  }

  /** Where health and metrics answer. */
  get metricsPort(): Promise<number> {
    return this.#listening.promise;
  }

  /** Resolves when the worker was drained; rejects when it broke. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** Lets running jobs end, gives back those that do not, and says good-bye. What is not delivered stays on disk. */
  drain(): Promise<void> {
    this.#draining ??= this.#drain();
    this.#draining.catch(this.#finished.reject);
    return this.#draining;
  }

  async #drain(): Promise<void> {
    const graceMs = this.#env.DRAIN_GRACE_MS;
    this.#log('info', 'draining', { graceMs });
    await this.#runner.drain(Math.max(0, graceMs - farewellMs));
    const farewell = new AbortController();
    this.#settleIfKnown();
    await Promise.race([this.#settled.promise, wait(farewellMs, undefined, { signal: farewell.signal })]);
    farewell.abort();
    await this.#link.close();
    await this.#store[Symbol.asyncDispose]();
    await this.#decoder[Symbol.asyncDispose]();
    this.#log('info', 'stopped', { undelivered: this.#kept.count });
    this.#finished.resolve();
  }

  #hear(message: FromLink): void {
    switch (message.kind) {
      case 'order':
        this.#obey(message.frame);
        return;
      case 'kept':
        this.#kept = message;
        this.#settleIfKnown();
        return;
      case 'listening':
        this.#log('info', 'health and metrics answer', { port: message.port });
        this.#listening.resolve(message.port);
        return;
      case 'disk-failed':
        // Without the journal a crash would lose results: others should take the jobs.
        void this.drain();
        return;
      default:
        message satisfies never;
    }
  }

  #obey(frame: PoolOrder): void {
    switch (frame.type) {
      case 'offer':
        this.#runner.offer(frame);
        return;
      case 'cancel':
        this.#runner.cancel(frame);
        return;
      case 'revoke':
        this.#runner.revoke(frame);
        return;
      case 'drain':
        void this.drain();
        return;
      default:
        frame satisfies never;
    }
  }

  #say(word: RunnerWord): void {
    if (word.kind === 'end') {
      this.#endsSaid += 1;
      if (word.frame.type === 'reject') this.#metrics.countRefusal(word.frame.reason);
    }
    this.#link.say(word);
    if (word.kind === 'ready') this.#sayMetrics();
  }

  #count(offer: OfferFrame, event: LeaseEvent): void {
    if (event.kind === 'preview') return;
    if (event.kind === 'progress') this.#metrics.countStep();
    else this.#metrics.countEnd(offer.job.kind, event.kind);
    if (event.kind === 'done') this.#metrics.time(offer.job.kind, event);
    if (event.kind === 'fail') this.#metrics.countFailure(event.code);
    this.#sayMetrics();
  }

  #sayMetrics(): void {
    const { total: slots, free } = this.#slots;
    const { sizeBytes, counts } = this.#store;
    const families = this.#metrics.families({
      slots,
      busySlots: slots - free,
      isDraining: this.#runner.isDraining,
      models: {
        resident: this.#shelf.resident(this.#store).length,
        bytes: sizeBytes,
        budgetBytes: this.#env.MEMORY_BUDGET * 2 ** 20,
        ...counts,
      },
      decoders: this.#decoder.counts,
    });
    this.#link.say({ kind: 'metrics', families });
  }

  /** Draining waits until the thread has heard every end and the pool has acknowledged it. */
  #settleIfKnown(): void {
    const { count, endsHeard } = this.#kept;
    if (this.#runner.isDraining && count === 0 && endsHeard === this.#endsSaid) this.#settled.resolve();
  }
}

interface Assembly {
  readonly ports: WorkerPorts;
  readonly shelf: ModelShelf;
}
