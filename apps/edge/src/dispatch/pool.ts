/** The shell around the machine of a pool: sockets, rows, alarms, and everything that its effects ask for. */
import { DurableObject } from 'cloudflare:workers';
import type {
  DurableObjectState,
  WebSocketPair as Pair,
  Request,
  WebSocketRequestResponsePair as ResponsePair,
  WebSocket,
  Response as WorkerResponse,
} from '@cloudflare/workers-types';
import type { PreviewFrame } from '@darkroom/shared/contracts/frames';
import type { JobProgress } from '@darkroom/shared/contracts/job-view';
import type { JobId } from '@darkroom/shared/ids';
import { openDatabase } from '../db/database.ts';
import { bookedEnd } from '../db/jobs.ts';
import { type Bindings, type EdgeEnv, parseVars } from '../env.ts';
import { durableConcurrencyGate } from '../limits/durable-concurrency-gate.ts';
import type { ImageStore } from '../storage/image-store.ts';
import { createImageStore } from '../storage/r2-images.ts';
import { JobFeeds, shortStream } from './job-events.ts';
import type { Enqueued, JobOrder, PoolHealth, PoolModel } from './job-pools.ts';
import { advance } from './lease.ts';
import { checkedReport, outputPrefix, writeOffer } from './offer.ts';
import { mirrorMove, type PoolBooks, settleJob } from './pool-books.ts';
import type { Effect, PoolEvent } from './pool-event.ts';
import { type EndedJob, isEnded, isQueued, type JobRow } from './pool-rows.ts';
import { PoolStore, type QuarantinedJob } from './pool-store.ts';
import { healthOf, modelsOf, progressOf } from './pool-view.ts';
import { type QueuePlace, queuePlaces } from './queue-place.ts';
import { closeSocket, FrameFault, parseFrame, WorkerSockets } from './worker-sockets.ts';

// Globals of the Workers runtime, without the package's others, which contradict the DOM's.
declare const WebSocketPair: typeof Pair;
declare const WebSocketRequestResponsePair: typeof ResponsePair;

/** One pool. */
export class Pool extends DurableObject<Bindings> {
  readonly #store: PoolStore;
  readonly #sockets: WorkerSockets;
  readonly #books: PoolBooks;
  readonly #feeds = new JobFeeds(Date.now);
  readonly #settling = new Set<string>();
  readonly #waiting = new Map<string, Set<() => void>>();
  /** What is still to be said to each worker: an offer takes time to sign, and nothing may overtake it. */
  readonly #lines = new Map<string, Promise<void>>();
  #storedImages: ImageStore | undefined;
  #places: ReadonlyMap<JobId, QueuePlace> | undefined;
  #alarmAtMs: number | undefined;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    const gate = durableConcurrencyGate(env.LIMITS);
    this.#books = { db: openDatabase(env.DB), gate, nowMs: Date.now };
    this.#store = new PoolStore(ctx.storage);
    this.#sockets = new WorkerSockets(ctx);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
    const { jobs, workers } = this.#store.pool;
    if (jobs.size + workers.size > 0) this.#take({ type: 'wake', connected: this.#sockets.connected() });
  }

  override async fetch(request: Request): Promise<WorkerResponse> {
    const { searchParams } = new URL(request.url);
    const { 0: client, 1: server } = new WebSocketPair();
    const [workerId, pool] = [searchParams.get('workerId') ?? '', searchParams.get('pool') ?? ''];
    this.#sockets.accept(server, { workerId, pool });
    const upgrade = { status: 101, webSocket: client } as ResponseInit;
    return new Response(null, upgrade) as unknown as WorkerResponse;
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    try {
      if (typeof message === 'string') this.#hear(socket, message);
      else this.#passPreview(socket, message);
    } catch (error) {
      if (!(error instanceof FrameFault)) throw error;
      closeSocket(socket, error.closeCode, error.message);
      this.#hangUp(socket);
    }
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    closeSocket(socket, code === 1000 || code === 1001 ? code : 1000, '');
    this.#hangUp(socket);
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#hangUp(socket);
  }

  override async alarm(): Promise<void> {
    this.#alarmAtMs = undefined;
    this.#take({ type: 'alarm' });
  }

  async enqueue(order: JobOrder): Promise<Enqueued> {
    const effects = this.#take({ type: 'enqueue', job: order.spec }, order);
    const refusal = effects.find((effect) => effect.type === 'refuse');
    if (!refusal) return { isTaken: true };
    const { reason, retryAfterMs } = refusal;
    return { isTaken: false, reason, retryAfterMs };
  }

  async cancel(jobId: JobId): Promise<void> {
    this.#take({ type: 'cancel', jobId });
  }

  async drain(workerId: string): Promise<void> {
    this.#take({ type: 'drain', workerId });
  }

  async progress(jobId: JobId): Promise<JobProgress | undefined> {
    const job = this.#store.pool.jobs.get(jobId);
    return job && progressOf(job, this.#placeOf(jobId));
  }

  async waitForEnd(jobId: JobId, timeoutMs: number): Promise<void> {
    if (!this.#store.pool.jobs.has(jobId)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(jobId) ?? new Set();
    this.#waiting.set(jobId, waiting.add(resolve));
    const timer = setTimeout(resolve, timeoutMs);
    await promise;
    clearTimeout(timer);
    waiting.delete(resolve);
  }

  async events(jobId: JobId, afterEventId: number | undefined): Promise<ReadableStream<Uint8Array>> {
    const job = this.#store.pool.jobs.get(jobId);
    if (job) {
      const data = progressOf(job, this.#placeOf(jobId));
      const name = isQueued(job) || job.state === 'starting' ? job.state : 'progress';
      return this.#feeds.open(jobId, afterEventId, { name, data });
    }
    const state = await bookedEnd(this.#books.db, jobId);
    const id = Math.max(Date.now(), (afterEventId ?? 0) + 1);
    return shortStream(
      state === undefined ? undefined : { id, name: state, data: { id: jobId, status: state } },
    );
  }

  async models(): Promise<readonly PoolModel[]> {
    return modelsOf(this.#store.shelves(), this.#store.pool);
  }

  async health(): Promise<PoolHealth> {
    return healthOf(this.#store.pool, Date.now());
  }

  /** Jobs that broke workers, the newest first. */
  async quarantined(): Promise<readonly QuarantinedJob[]> {
    return this.#store.quarantined();
  }

  /** Takes a job out of quarantine, for whoever submits it anew: the old one has ended, and was not billed. */
  async release(jobId: JobId): Promise<JobOrder | undefined> {
    return this.#store.release(jobId);
  }

  /** An event: its changes are stored before anything is done about it. */
  #take(event: PoolEvent, order?: JobOrder): readonly Effect[] {
    const nowMs = Date.now();
    const { pool } = this.#store;
    const { changes, effects, alarmAtMs } = advance(pool, event, nowMs);
    const moved = [...changes.jobs].flatMap(([id, row]) => {
      const before = pool.jobs.get(id);
      return row && before && before.state !== row.state ? [row] : [];
    });
    const isNew = order !== undefined && changes.jobs.has(order.spec.id) && !pool.jobs.has(order.spec.id);
    this.#store.save(changes, () => {
      if (isNew) this.#store.keepOrder(order);
      if (event.type === 'frame' && event.frame.type === 'hello') this.#store.shelve(event.frame, nowMs);
      for (const effect of effects)
        if (effect.type === 'quarantine') this.#store.quarantine(effect.job, nowMs);
    });
    if (changes.jobs.size > 0) this.#places = undefined;
    for (const effect of effects) this.#do(effect);
    for (const row of moved) this.#tellMove(row);
    if (moved.length > 0 || isNew || event.type === 'settled') this.#tellPlaces();
    this.#setAlarm(alarmAtMs);
    return effects;
  }

  #do(effect: Effect): void {
    switch (effect.type) {
      case 'offer':
        this.#say(effect.workerId, () => this.#offer(effect));
        break;
      case 'send':
        this.#say(effect.workerId, () => this.#sockets.send(effect.workerId, effect.frame));
        break;
      case 'disconnect':
        this.#say(effect.workerId, () => this.#sockets.disconnect(effect.workerId));
        break;
      case 'settle':
        this.#inBackground(this.#settle(effect.job));
        break;
      case 'discard':
        this.#inBackground(this.#discard(outputPrefix(effect)));
        break;
      case 'progress': {
        const job = this.#store.pool.jobs.get(effect.jobId);
        if (job) this.#feeds.publish(effect.jobId, 'progress', progressOf(job, undefined));
        break;
      }
      case 'preview':
      case 'quarantine':
      case 'refuse':
        // Done where the event came in.
        break;
      default:
        effect satisfies never;
    }
  }

  #say(workerId: string, task: () => void | Promise<void>): void {
    const line = this.#lines.get(workerId);
    // Nothing waits: it is said at once, and what it throws is reported like the rest.
    const said = line ? line.then(task) : (async () => await task())();
    const next = said.catch(report).finally(() => {
      if (this.#lines.get(workerId) === next) this.#lines.delete(workerId);
    });
    this.#lines.set(workerId, next);
    this.ctx.waitUntil(next);
  }

  async #offer({ workerId, job }: Extract<Effect, { type: 'offer' }>): Promise<void> {
    const order = this.#store.order(job.id);
    if (!order) return;
    const offer = await writeOffer(job, order, { images: this.#images(), nowMs: Date.now });
    this.#sockets.send(workerId, offer);
  }

  async #settle(job: EndedJob): Promise<void> {
    const { id } = job.facts;
    if (this.#settling.has(id)) return;
    this.#settling.add(id);
    try {
      const state = (await settleJob(job, this.#store.order(id), this.#books)) ?? job.state;
      this.#take({ type: 'settled', jobId: id });
      this.#feeds.end(id, state, { id, status: state });
      for (const resolve of this.#waiting.get(id) ?? []) resolve();
      this.#waiting.delete(id);
    } finally {
      this.#settling.delete(id);
    }
  }

  async #discard(prefix: string): Promise<void> {
    const images = this.#images();
    await images.delete(await images.list(prefix));
  }

  #hear(socket: WebSocket, text: string): void {
    const note = this.#sockets.note(socket);
    if (note.isReplaced) return;
    const frame = parseFrame(text, note);
    if (frame.type === 'hello') this.#sockets.bind(socket, frame.bootId);
    const checked = frame.type === 'done' ? checkedReport(frame, this.#store.order(frame.jobId)) : frame;
    const effects = this.#take({ type: 'frame', workerId: note.workerId, frame: checked });
    if (frame.type === 'preview')
      this.#sockets.announce(socket, effects.some(({ type }) => type === 'preview') ? frame : undefined);
  }

  #passPreview(socket: WebSocket, bytes: ArrayBuffer): void {
    const preview: PreviewFrame | undefined = this.#sockets.preview(socket, bytes);
    if (!preview) return;
    const { jobId, step } = preview;
    if (!this.#store.pool.jobs.has(jobId)) return;
    this.#feeds.publish(jobId, 'preview', { step, mime: 'image/webp', data: base64(bytes) });
  }

  #hangUp(socket: WebSocket): void {
    if (!this.#sockets.isCurrent(socket)) return;
    const { workerId } = this.#sockets.note(socket);
    this.#sockets.retire(socket);
    this.#take({ type: 'close', workerId });
  }

  #tellMove(row: JobRow): void {
    if (isEnded(row)) return;
    const { id } = row.facts;
    this.#inBackground(mirrorMove(row, this.#books));
    if (row.state === 'starting') this.#feeds.publish(id, 'starting', progressOf(row, undefined));
  }

  #tellPlaces(): void {
    for (const id of this.#feeds.heard()) {
      const job = this.#store.pool.jobs.get(id);
      if (job && isQueued(job)) this.#feeds.publishPlace(id, progressOf(job, this.#placeOf(job.facts.id)));
    }
  }

  #placeOf(jobId: JobId): QueuePlace | undefined {
    this.#places ??= queuePlaces(this.#store.pool, Date.now());
    return this.#places.get(jobId);
  }

  #setAlarm(atMs: number): void {
    const wanted = Number.isFinite(atMs) ? atMs : undefined;
    if (wanted === this.#alarmAtMs) return;
    this.#alarmAtMs = wanted;
    const { storage } = this.ctx;
    this.#inBackground(wanted === undefined ? storage.deleteAlarm() : storage.setAlarm(wanted));
  }

  #images(): ImageStore {
    // The variables are secrets of the deployment, which the bindings' type does not name.
    this.#storedImages ??= createImageStore(this.env.IMAGES, parseVars(this.env as EdgeEnv), {
      nowMs: Date.now,
    });
    return this.#storedImages;
  }

  #inBackground(work: Promise<void>): void {
    this.ctx.waitUntil(work.catch(report));
  }
}

function base64(bytes: ArrayBuffer): string {
  return btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(''));
}

/** What failed is said or settled again; operators see why. */
function report(error: unknown): void {
  console.error(
    JSON.stringify({ level: 'error', message: 'the pool could not do its part', error: String(error) }),
  );
}
