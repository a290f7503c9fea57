import { DurableObject } from 'cloudflare:workers';
import type { DurableObjectState } from '@cloudflare/workers-types';
import type { Bindings } from '../env.ts';
import { enterSlot, leaveSlot, type SlotRequest, type Slots } from '../middleware/concurrency.ts';
import { type Bucket, type RatePolicy, type RateVerdict, takeToken } from '../middleware/token-bucket.ts';

/** A bucket, and when it is full again: from then on it need not be kept. */
interface KeptBucket extends Bucket {
  readonly fullAtMs: number;
}

const slotPrefix = 'slot/';

/**
 * Counts what one subject asks for: a bucket of requests, and slots of jobs under way. Keeps nothing of who is idle.
 *
 * What it keeps it has in memory too, and writes only what changed: should a write fail, the object begins anew from
 * what is stored.
 */
export class Limits extends DurableObject<Bindings> {
  #bucket: KeptBucket | undefined;
  #slots: Slots;
  /** Null = none is set. */
  #alarmAtMs: number | null | undefined;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    const { kv } = ctx.storage;
    this.#bucket = kv.get<KeptBucket>('bucket');
    const kept = Array.from(kv.list<number>({ prefix: slotPrefix }));
    this.#slots = new Map(kept.map(([name, untilMs]) => [name.slice(slotPrefix.length), untilMs]));
  }

  /** Takes one request out of the subject's bucket. */
  async take(policy: RatePolicy): Promise<RateVerdict> {
    const nowMs = Date.now();
    const { bucket, verdict } = takeToken(this.#bucket, policy, nowMs);
    this.#bucket = { ...bucket, fullAtMs: nowMs + verdict.resetSeconds * 1000 };
    this.ctx.storage.kv.put<KeptBucket>('bucket', this.#bucket);
    await this.#forgetLater(this.#bucket.fullAtMs);
    return verdict;
  }

  /** Takes a slot for a job; false when all are held. */
  async enter(request: SlotRequest): Promise<boolean> {
    const { slots, isEntered } = enterSlot(this.#slots, request, Date.now());
    this.#keep(slots);
    await this.#forgetLater(Date.now() + request.ttlMs);
    return isEntered;
  }

  /** Gives a slot back. */
  async leave(holder: string): Promise<void> {
    this.#keep(leaveSlot(this.#slots, holder));
  }

  /** Deletes what has lapsed, and everything once the bucket is full and every slot has lapsed. */
  override async alarm(): Promise<void> {
    this.#alarmAtMs = null;
    const nowMs = Date.now();
    this.#keep(new Map([...this.#slots].filter(([, untilMs]) => untilMs > nowMs)));
    const untilMs = Math.max(this.#bucket?.fullAtMs ?? 0, ...this.#slots.values());
    if (untilMs > nowMs) {
      await this.#forgetLater(untilMs);
    } else {
      this.#bucket = undefined;
      await this.ctx.storage.deleteAll();
    }
  }

  #keep(slots: Slots): void {
    const { kv } = this.ctx.storage;
    for (const holder of this.#slots.keys()) if (!slots.has(holder)) kv.delete(slotPrefix + holder);
    for (const [holder, untilMs] of slots)
      if (this.#slots.get(holder) !== untilMs) kv.put(slotPrefix + holder, untilMs);
    this.#slots = slots;
  }

  /** One alarm is enough: when it comes early, it sets itself anew. */
  async #forgetLater(atMs: number): Promise<void> {
    const { storage } = this.ctx;
    this.#alarmAtMs ??= await storage.getAlarm();
    if (this.#alarmAtMs !== null) return;
    this.#alarmAtMs = atMs;
    await storage.setAlarm(atMs);
  }
}
