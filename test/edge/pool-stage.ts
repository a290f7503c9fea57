/** A pool with a worker that tests play, and jobs that D1 knows. */
import { env } from 'cloudflare:workers';
import type { DurableObjectNamespace, WebSocket } from '@cloudflare/workers-types';
import { jobOutputs, jobs, usage } from '@darkroom/edge/db/schema';
import { durableJobPools, stubName } from '@darkroom/edge/dispatch/durable-job-pools';
import type { Enqueued, JobOrder, JobPools } from '@darkroom/edge/dispatch/job-pools';
import type { Pool } from '@darkroom/edge/dispatch/pool';
import { bootIdOf, helloOf } from '@darkroom/edge/dispatch/test-pool';
import {
  type HelloFrame,
  type LeaseRef,
  PoolFrame,
  type WorkerFrame,
} from '@darkroom/shared/contracts/frames';
import type { JobProgress } from '@darkroom/shared/contracts/job-view';
import type { JobId } from '@darkroom/shared/ids';
import { eq } from 'drizzle-orm';
import { Ledger, priceOfMicros } from '../support/ledger.ts';

export const namespace = (env as unknown as { POOLS: DurableObjectNamespace<Pool> }).POOLS;

/** The test's end of a worker's socket. */
export class FakeWorker {
  readonly heard: PoolFrame[] = [];
  closed: { code: number; reason: string } | undefined;
  readonly #socket: WebSocket;
  #wake: () => void = () => undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.accept();
    socket.addEventListener('message', ({ data }) => {
      this.heard.push(PoolFrame.parse(JSON.parse(String(data))));
      this.#wake();
    });
    socket.addEventListener('close', ({ code, reason }) => {
      this.closed = { code, reason };
      this.#wake();
    });
  }

  say(...frames: (WorkerFrame | string | Uint8Array)[]): void {
    for (const frame of frames) {
      const isRaw = typeof frame === 'string' || frame instanceof Uint8Array;
      this.#socket.send(isRaw ? frame : JSON.stringify(frame));
    }
  }

  hangUp(): void {
    this.#socket.close(1001, 'gone');
  }

  async until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  next<T extends PoolFrame['type']>(type: T): Promise<Extract<PoolFrame, { type: T }>> {
    return this.until(() => {
      const index = this.heard.findIndex((frame) => frame.type === type);
      if (index < 0) return undefined;
      const [frame] = this.heard.splice(index, 1);
      return frame as Extract<PoolFrame, { type: T }>;
    });
  }
}

export class PoolStage {
  readonly name: string;
  readonly pools: JobPools = durableJobPools(namespace);
  readonly ledger: Ledger;

  private constructor(name: string, ledger: Ledger) {
    this.name = name;
    this.ledger = ledger;
  }

  static async open(name: string): Promise<PoolStage> {
    return new PoolStage(name, await Ledger.open());
  }

  get stub(): ReturnType<typeof namespace.getByName> {
    return namespace.getByName(stubName(this.name));
  }

  async dial(workerId = 'a'): Promise<FakeWorker> {
    const address = `https://pool/?${new URLSearchParams({ pool: this.name, workerId })}`;
    const { webSocket } = await this.stub.fetch(address, { headers: { upgrade: 'websocket' } });
    if (!webSocket) throw new TypeError('expected a socket');
    return new FakeWorker(webSocket);
  }

  /** A worker that said hello and has room. */
  async join(workerId = 'a', hello: Partial<HelloFrame> = {}): Promise<FakeWorker> {
    const worker = await this.dial(workerId);
    worker.say(helloOf(workerId, { pool: this.name, bootId: bootIdOf(1), ...hello }));
    worker.say({ type: 'ready', freeSlots: 1, resident: [] });
    return worker;
  }

  /** A job that the ledger knows and the pool does not. */
  async admit(): Promise<JobId> {
    return await this.ledger.admit(priceOfMicros(100), { createdAtMs: Date.now() });
  }

  /** Hands a job to the pool. */
  async hand(id: JobId, spec: Partial<JobOrder['spec']> = {}): Promise<Enqueued> {
    return await this.pools.enqueue(this.name, this.order(id, spec));
  }

  /** How far the pool says that a job is; undefined = it does not know it. */
  async progress(id: JobId): Promise<JobProgress | undefined> {
    return (await this.pools.progress(this.name, [id])).get(id);
  }

  /** Admits a job and hands it to the pool. */
  async enqueue(spec: Partial<JobOrder['spec']> = {}): Promise<JobId> {
    const id = await this.admit();
    await this.hand(id, spec);
    return id;
  }

  order(id: JobId, spec: Partial<JobOrder['spec']> = {}): JobOrder {
    const nowMs = Date.now();
    return {
      spec: {
        id,
        projectId: this.ledger.projectId,
        priority: 'interactive',
        model: 'sketch',
        costMs: 4000,
        deadlineAtMs: nowMs + 60_000,
        ...spec,
      },
      job: {
        version: 1,
        kind: 'edit',
        id,
        createdAtMs: nowMs,
        prompt: { original: 'make it snow', enhanced: null },
        seed: 1,
        image: { key: 'p/x/a/y', sha256: '0'.repeat(64), sizeBytes: 9, mime: 'image/png' },
        count: 1,
        negativePrompt: '',
        format: 'png',
        quality: 90,
      } as JobOrder['job'],
      requestId: 'r1',
      keyIdentityId: this.ledger.keyId,
      price: priceOfMicros(100),
    };
  }

  async state(id: JobId): Promise<string | undefined> {
    const [row] = await this.ledger.db.select({ state: jobs.state }).from(jobs).where(eq(jobs.id, id));
    return row?.state;
  }

  /** Waits until the books know the job's end; gives its state. */
  async ended(id: JobId): Promise<string | undefined> {
    await this.pools.waitForEnd(this.name, id, 30_000);
    return await this.state(id);
  }

  /** Keys of the pictures that the books hold of a job. */
  async pictures(id: JobId): Promise<string[]> {
    const rows = await this.ledger.db.select().from(jobOutputs).where(eq(jobOutputs.jobId, id));
    return rows.map(({ objectKey }) => objectKey);
  }

  /** What is billed of a job. */
  async bill(id: JobId): Promise<{ item: string; micros: number }[]> {
    const { item, micros } = usage;
    return await this.ledger.db.select({ item, micros }).from(usage).where(eq(usage.jobId, id));
  }

  /** A job that worker runs. */
  async running(worker: FakeWorker): Promise<LeaseRef> {
    await this.enqueue();
    return await this.accepted(worker);
  }

  /** The job that worker is offered next, and runs. */
  async accepted(worker: FakeWorker): Promise<LeaseRef> {
    const { jobId, fence } = await worker.next('offer');
    worker.say({ type: 'accept', jobId, fence });
    return { jobId, fence };
  }
}
