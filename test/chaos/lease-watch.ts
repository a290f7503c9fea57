// Who holds which job, as heard between workers and their pool.
import {
  type AckFrame,
  type HelloFrame,
  type LeaseRef,
  PoolFrame,
  WorkerFrame,
} from '@darkroom/shared/contracts/frames';

/** An offer that went over a wire. */
export interface SeenOffer extends LeaseRef {
  readonly workerId: string;
}

/** An answer to the end of a lease. */
export interface SeenAck extends LeaseRef, Pick<AckFrame, 'verdict'> {
  readonly workerId: string;
}

interface HeldLease {
  readonly workerId: string;
  readonly fence: number;
}

export class LeaseWatch {
  readonly offers: SeenOffer[] = [];
  readonly acks: SeenAck[] = [];
  /** Results that workers reported. */
  readonly results: LeaseRef[] = [];
  /** Messages that do not fit the contract. */
  readonly faults: string[] = [];
  readonly #held = new Map<string, HeldLease>();
  readonly #fences = new Map<string, number>();
  readonly #boots = new Map<string, string>();
  readonly #losses = new Map<string, number>();
  #waiting: (() => void)[] = [];

  /** The worker's message, parsed and noted; undefined = it broke the contract. */
  hearWorker(text: string): WorkerFrame | undefined {
    const frame = this.#parse(WorkerFrame, text);
    if (frame?.type === 'hello') this.#greet(frame);
    if (frame?.type === 'done') this.results.push({ jobId: frame.jobId, fence: frame.fence });
    if (frame) this.#wake();
    return frame;
  }

  /** The pool's message, noted. */
  hearPool(workerId: string, text: string): void {
    const frame = this.#parse(PoolFrame, text);
    if (!frame) return;
    this.#note(workerId, frame);
    this.#wake();
  }

  /** Jobs that a worker holds. */
  heldBy(workerId: string): string[] {
    return [...this.#held].flatMap(([jobId, held]) => (held.workerId === workerId ? [jobId] : []));
  }

  /** How many workers were lost under a job, at most: a lease whose offer never came over a wire counts too. */
  lossesOf(jobId: string): number {
    return this.#losses.get(jobId) ?? 0;
  }

  /** The process of a worker that said hello last; undefined = none has. */
  bootOf(workerId: string): string | undefined {
    return this.#boots.get(workerId);
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

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Another process of a worker does not know what the one before it went down with. */
  #greet({ workerId, bootId, leases }: HelloFrame): void {
    const isSameBoot = this.#boots.get(workerId) === bootId;
    this.#boots.set(workerId, bootId);
    for (const jobId of this.heldBy(workerId)) {
      if (leases.some((lease) => lease.jobId === jobId)) continue;
      this.#held.delete(jobId);
      if (!isSameBoot) this.#lose(jobId, 1);
    }
  }

  #lose(jobId: string, count: number): void {
    this.#losses.set(jobId, this.lossesOf(jobId) + count);
  }

  #note(workerId: string, frame: PoolFrame): void {
    switch (frame.type) {
      case 'offer': {
        const { jobId, fence } = frame;
        const unseen = fence - 1 - (this.#fences.get(jobId) ?? 0);
        const isTakenAway = this.#held.has(jobId);
        if (unseen > 0 || isTakenAway) this.#lose(jobId, Math.max(0, unseen) + Number(isTakenAway));
        this.#fences.set(jobId, fence);
        this.#held.set(jobId, { workerId, fence });
        this.offers.push({ workerId, jobId, fence });
        return;
      }
      case 'ack': {
        const { jobId, fence, verdict } = frame;
        this.acks.push({ workerId, jobId, fence, verdict });
        this.#drop(frame);
        return;
      }
      case 'revoke':
        this.#drop(frame);
        return;
      case 'cancel':
      case 'drain':
        return;
      default:
        frame satisfies never;
    }
  }

  #drop({ jobId, fence }: LeaseRef): void {
    if (this.#held.get(jobId)?.fence === fence) this.#held.delete(jobId);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
