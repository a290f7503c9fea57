import { DurableObject } from 'cloudflare:workers';
import type { Bindings } from '../env.ts';
import { enterSlot, leaveSlot, type SlotRequest, type Slots } from '../middleware/concurrency.ts';
import { type Bucket, type RatePolicy, type RateVerdict, takeToken } from '../middleware/token-bucket.ts';

/** A bucket, and when it is full again: from then on it need not be kept. */
interface KeptBucket extends Bucket {
  readonly fullAtMs: number;
}

/** Counts what one subject asks for: a bucket of requests, and slots of jobs under way. Keeps nothing of who is idle. */
export class Limits extends DurableObject<Bindings> {
  /** Takes one request out of the subject's bucket. */
  async take(policy: RatePolicy): Promise<RateVerdict> {
    const nowMs = Date.now();
    const { bucket, verdict } = takeToken(this.#bucket(), policy, nowMs);
    const fullAtMs = nowMs + verdict.resetSeconds * 1000;
    this.ctx.storage.kv.put<KeptBucket>('bucket', { ...bucket, fullAtMs });
    await this.#forgetLater(fullAtMs);
    return verdict;
  }

  /** Takes a slot for a job; false when all are held. */
  async enter(request: SlotRequest): Promise<boolean> {
    const { slots, isEntered } = enterSlot(this.#slots(), request, Date.now());
    this.#keep(slots);
    await this.#forgetLater(Date.now() + request.ttlMs);
    return isEntered;
  }

  /** Gives a slot back. */
  async leave(holder: string): Promise<void> {
    const slots = this.#slots();
    // What lapsed is gone already; to note that would be kept for ever, as no alarm is set for it.
    if (slots.has(holder)) this.#keep(leaveSlot(slots, holder));
  }

  /** Deletes everything once the bucket is full and every slot has lapsed. */
  override async alarm(): Promise<void> {
    const untilMs = Math.max(this.#bucket()?.fullAtMs ?? 0, ...this.#slots().values());
    if (untilMs > Date.now()) await this.ctx.storage.setAlarm(untilMs);
    else await this.ctx.storage.deleteAll();
  }

  #bucket(): KeptBucket | undefined {
    return this.ctx.storage.kv.get<KeptBucket>('bucket');
  }

  #slots(): Slots {
    return new Map(this.ctx.storage.kv.get<[string, number][]>('slots') ?? []);
  }

  #keep(slots: Slots): void {
    this.ctx.storage.kv.put('slots', [...slots]);
  }

  /** One alarm is enough: when it comes early, it sets itself anew. */
  async #forgetLater(atMs: number): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(atMs);
  }
}
