// Who holds which job, as heard between workers and their pool.
import { type AckFrame, type LeaseRef, PoolFrame, WorkerFrame } from '@darkroom/shared/contracts/frames';

/** A frame and the worker that it came from or went to. */
export type Heard =
  | { readonly from: 'worker'; readonly workerId: string; readonly frame: WorkerFrame }
  | { readonly from: 'pool'; readonly workerId: string; readonly frame: PoolFrame };

/** An offer that went over a wire. */
export interface SeenOffer extends LeaseRef {
  readonly workerId: string;
}

/** An answer to the end of a lease. */
export interface SeenAck extends LeaseRef, Pick<AckFrame, 'verdict'> {
  readonly workerId: string;
}

export class LeaseWatch {
  readonly offers: SeenOffer[] = [];
  readonly acks: SeenAck[] = [];
  /** Messages that do not fit the contract. */
  readonly faults: string[] = [];
  readonly #held = new Map<string, Map<string, number>>();
  readonly #losses = new Map<string, number>();
  #waiting: (() => void)[] = [];

  /** The worker's message, parsed and noted; undefined = it broke the contract. */
  hearWorker(workerId: string, text: string): WorkerFrame | undefined {
    const frame = this.#parse(WorkerFrame, text);
    if (frame) this.#hear({ from: 'worker', workerId, frame });
    return frame;
  }

  /** The pool's message, noted. */
  hearPool(workerId: string, text: string): void {
    const frame = this.#parse(PoolFrame, text);
    if (frame) this.#hear({ from: 'pool', workerId, frame });
  }

  /** Jobs that a worker holds. */
  heldBy(workerId: string): string[] {
    return [...(this.#held.get(workerId)?.keys() ?? [])];
  }

  /** The worker was killed, and what it held is lost with it. */
  lose(workerId: string): void {
    for (const jobId of this.heldBy(workerId)) this.#losses.set(jobId, this.lossesOf(jobId) + 1);
    this.#held.delete(workerId);
  }

  /** How many workers were killed while they held the job. */
  lossesOf(jobId: string): number {
    return this.#losses.get(jobId) ?? 0;
  }

  /** Waits until something holds of what was heard. @throws the signal's reason */
  async until<T>(find: () => T | undefined, signal: AbortSignal): Promise<T> {
    for (;;) {
      signal.throwIfAborted();
      const found = find();
      if (found !== undefined) return found;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
      await promise;
    }
  }

  #parse<T>(
    contract: { safeParse(value: unknown): { success: boolean; data?: T | undefined } },
    text: string,
  ): T | undefined {
    const { data } = contract.safeParse(jsonOf(text));
    if (data === undefined) this.faults.push(text.slice(0, 300));
    return data;
  }

  #hear({ from, workerId, frame }: Heard): void {
    if (from === 'pool') this.#note(workerId, frame);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #note(workerId: string, frame: PoolFrame): void {
    switch (frame.type) {
      case 'offer': {
        const { jobId, fence } = frame;
        for (const held of this.#held.values()) held.delete(jobId);
        const own = this.#held.get(workerId) ?? new Map<string, number>();
        this.#held.set(workerId, own.set(jobId, fence));
        this.offers.push({ workerId, jobId, fence });
        return;
      }
      case 'ack': {
        const { jobId, fence, verdict } = frame;
        this.acks.push({ workerId, jobId, fence, verdict });
        this.#drop(workerId, frame);
        return;
      }
      case 'revoke':
        this.#drop(workerId, frame);
        return;
      case 'cancel':
      case 'drain':
        return;
      default:
        frame satisfies never;
    }
  }

  #drop(workerId: string, { jobId, fence }: LeaseRef): void {
    const own = this.#held.get(workerId);
    if (own?.get(jobId) === fence) own.delete(jobId);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
