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
import type { LeaseRef } from '@darkroom/shared/contracts/frames';
import type { Job } from '@darkroom/shared/contracts/job';
import type { JobProgress } from '@darkroom/shared/contracts/job-view';
import { AppError, toAppError } from '@darkroom/shared/errors';
import type { JobId } from '@darkroom/shared/ids';
import { bookedEnd, moveJobs } from '../db/jobs.ts';
import { createDeps, type Deps } from '../deps.ts';
import { type Bindings, type EdgeEnv, parseVars } from '../env.ts';
import { deliverSoon } from '../webhooks/deliver.ts';
import { Announcer } from './announcer.ts';
import { JobFeeds, shortStream } from './job-events.ts';
import type { Enqueued, JobOrder, PoolHealth, PoolModel } from './job-pools.ts';
import { advance } from './lease.ts';
import { checkedReport, outputPrefix, writeOffer } from './offer.ts';
import type { Effect, PoolEvent } from './pool-event.ts';
import { PoolMirror } from './pool-mirror.ts';
import { PoolNews } from './pool-news.ts';
import { isEnded, isLeased, type JobFacts, type JobRow } from './pool-rows.ts';
import { Settler } from './pool-settle.ts';
import { PoolStore } from './pool-store.ts';
import { healthOf, modelsOf } from './pool-view.ts';
import { WorkerLines } from './worker-lines.ts';
import { closeSocket, FrameFault, parseFrame, WorkerSockets } from './worker-sockets.ts';

// Globals of the Workers runtime, without the package's others, which contradict the DOM's.
declare const WebSocketPair: typeof Pair;
declare const WebSocketRequestResponsePair: typeof ResponsePair;

/** A job so young was admitted a moment ago by who hands it over; for older ones the books are asked. */
const freshMs = 5_000;

/** One pool. */
export class Pool extends DurableObject<Bindings> {
  readonly #deps: Deps;
  readonly #store: PoolStore;
  readonly #sockets: WorkerSockets;
  readonly #settler: Settler;
  readonly #news: PoolNews;
  readonly #mirror: PoolMirror;
  readonly #lines = new WorkerLines((error) => this.#report(error));
  #alarmAtMs: number | undefined;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    // The variables are secrets of the deployment, which the bindings' type does not name.
    this.#deps = createDeps(env, parseVars(env as EdgeEnv));
    this.#store = new PoolStore(ctx.storage);
    this.#sockets = new WorkerSockets(ctx);
    const feeds = new JobFeeds(Date.now);
    this.#news = new PoolNews(this.#store.pool, feeds);
    const announcer = new Announcer({
      deliver: (jobId) => deliverSoon(this.#deps, jobId),
      report: (error) => this.#report(error),
    });
    this.#mirror = new PoolMirror({
      write: (moves) => moveJobs(this.#deps.db, moves).catch((error: unknown) => this.#report(error)),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    this.#settler = new Settler({
      books: this.#deps,
      feeds,
      orderOf: (jobId) => this.#store.order(jobId),
      startOf: (jobId) => this.#mirror.end(jobId),
      onSettled: (jobId) => void this.#take({ type: 'settled', jobId }),
      discard: (lease) => this.#discard(lease),
      announce: (jobId) => announcer.tell(jobId),
    });
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
    // Whoever says a job again cannot know how far it came: what has ended must not run again.
    if (await this.#isOver(order.job)) return { isTaken: true, progress: undefined };
    const effects = this.#take({ type: 'enqueue', job: order.spec }, order);
    const refusal = effects.find((effect) => effect.type === 'refuse');
    if (!refusal) return { isTaken: true, progress: this.#news.progress(order.spec.id) };
    const { reason, retryAfterMs } = refusal;
    return { isTaken: false, reason, retryAfterMs };
  }

  async cancel(jobId: JobId): Promise<void> {
    this.#take({ type: 'cancel', jobId });
  }

  async drain(workerId: string): Promise<void> {
    this.#take({ type: 'drain', workerId });
  }

  async progress(jobIds: readonly JobId[]): Promise<ReadonlyMap<string, JobProgress>> {
    const told = jobIds.map((id) => [id, this.#news.progress(id)] as const);
    return new Map(told.filter((entry): entry is [JobId, JobProgress] => entry[1] !== undefined));
  }

  async waitForEnd(jobId: JobId, timeoutMs: number): Promise<void> {
    if (!this.#store.pool.jobs.has(jobId)) return;
    await this.#settler.wait(jobId, timeoutMs);
  }

  async events(jobId: JobId, afterEventId: number | undefined): Promise<ReadableStream<Uint8Array>> {
    const stream = this.#news.listen(jobId, afterEventId);
    if (stream) return stream;
    const state = await bookedEnd(this.#deps.db, jobId);
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

  async #isOver({ id, createdAtMs }: Job): Promise<boolean> {
    const { jobs, tombstones } = this.#store.pool;
    if (jobs.has(id) || tombstones.has(id)) return tombstones.has(id);
    return Date.now() - createdAtMs > freshMs && (await bookedEnd(this.#deps.db, id)) !== undefined;
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
    });
    if (changes.jobs.size > 0) this.#news.forgetPlaces();
    for (const effect of effects) this.#do(effect);
    for (const row of moved) this.#tellMove(row);
    if (moved.length > 0 || isNew || event.type === 'settled') this.#news.tellPlaces();
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
        this.#inBackground(this.#settler.settle(effect.job));
        break;
      case 'discard':
        this.#discard(effect);
        break;
      case 'progress':
        this.#news.tellProgress(effect.jobId);
        break;
      case 'preview':
      case 'refuse':
        // Done where the event came in.
        break;
      default:
        effect satisfies never;
    }
  }

  #say(workerId: string, task: () => void | Promise<void>): void {
    this.ctx.waitUntil(this.#lines.add(workerId, task));
  }

  async #offer({ workerId, job }: Extract<Effect, { type: 'offer' }>): Promise<void> {
    const order = this.#store.order(job.id);
    if (!order) return;
    const offer = await writeOffer(job, order, this.#deps);
    // The worker may have come back meanwhile and been told that it holds nothing.
    if (this.#holds(workerId, job)) this.#sockets.send(workerId, offer);
  }

  #holds(workerId: string, { id, fence }: JobFacts): boolean {
    const row = this.#store.pool.jobs.get(id);
    return row !== undefined && isLeased(row) && row.holder === workerId && row.facts.fence === fence;
  }

  #discard(lease: LeaseRef): void {
    const { images } = this.#deps;
    const work = async () => await images.delete(await images.list(outputPrefix(lease)));
    this.#inBackground(work());
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
    const preview = this.#sockets.preview(socket, bytes);
    if (preview) this.#news.tellPreview(preview, bytes);
  }

  #hangUp(socket: WebSocket): void {
    if (!this.#sockets.isCurrent(socket)) return;
    const { workerId } = this.#sockets.note(socket);
    this.#sockets.retire(socket);
    this.#take({ type: 'close', workerId });
  }

  #tellMove(row: JobRow): void {
    if (isEnded(row)) return;
    const { id: jobId, fence } = row.facts;
    this.#inBackground(this.#mirror.note({ jobId, to: row.state, fence, nowMs: Date.now() }));
    if (row.state === 'starting') this.#news.tellStart(row);
  }

  #setAlarm(atMs: number): void {
    const wanted = Number.isFinite(atMs) ? atMs : undefined;
    if (wanted === this.#alarmAtMs) return;
    this.#alarmAtMs = wanted;
    const { storage } = this.ctx;
    this.#inBackground(wanted === undefined ? storage.deleteAlarm() : storage.setAlarm(wanted));
  }

  #inBackground(work: Promise<void>): void {
    this.ctx.waitUntil(work.catch((error: unknown) => this.#report(error)));
  }

  /** What failed is said or settled again; operators see why. */
  #report(cause: unknown): void {
    const { code } = toAppError(cause);
    const message = 'the pool could not do its part';
    this.#deps.reportFailure(new AppError(code, { message, cause }), 'pool');
  }
}
