// The jobs of this worker: takes offers into slots, follows their runs, and says how they end.
import type { LeaseRef, OfferFrame } from '@darkroom/shared/contracts/frames';
import { type EndFrame, leaseKey, leaseOf } from '../link/end-frame.ts';
import type { ToLink } from '../link/link-messages.ts';
import { errorFields, type Log, logWith } from '../log.ts';
import { advanceJob, type JobState, remainingMs, startedJob } from './job-state.ts';
import type { LeaseEnd, LeaseEvent, StopReason } from './run-lease.ts';
import type { Permit, Slots } from './slots.ts';

/** What the runner tells the pool, by way of the link. */
export type RunnerWord = Extract<
  ToLink,
  { kind: 'accept' | 'ready' | 'draining' | 'running' | 'preview' | 'end' | 'dropped' }
>;

/** What a runner needs from outside. */
export interface RunnerPorts {
  readonly slots: Slots;
  readonly run: (offer: OfferFrame, stop: AbortSignal) => AsyncIterable<LeaseEvent>;
  readonly say: (word: RunnerWord) => void;
  /** Ids of the models in memory. */
  readonly resident: () => string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
  /** Hears of every event of every run. */
  readonly onEvent?: (offer: OfferFrame, event: LeaseEvent) => void;
}

interface Running {
  readonly offer: OfferFrame;
  readonly stop: AbortController;
  readonly deadlineAtMs: number;
  readonly log: Log;
  state: JobState;
  ended: Promise<void>;
}

/** Fences that are remembered, to know late offers; of one job at most one is running. */
const rememberedJobs = 1024;

/** Runs offers in slots, without a queue. */
export class Runner {
  readonly #ports: RunnerPorts;
  readonly #running = new Map<string, Running>();
  readonly #fences = new Map<string, number>();
  #isDraining = false;

  constructor(ports: RunnerPorts) {
    this.#ports = ports;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Takes an offer, or gives it back at once. */
  offer(offer: OfferFrame): void {
    const log = this.#logOf(offer);
    if (this.#running.has(leaseKey(offer))) {
      this.#accept(offer);
      return;
    }
    const latest = this.#fences.get(offer.jobId) ?? 0;
    if (offer.fence <= latest) {
      log('warn', 'refused a stale offer', { latestFence: latest });
      this.#reject(offer, 'busy');
      return;
    }
    this.#remember(offer);
    this.#stopOlder(offer);
    const permit = this.#isDraining ? undefined : this.#ports.slots.tryTake();
    if (!permit) {
      const reason = this.#isDraining ? 'draining' : 'busy';
      log('info', 'gave an offer back', { reason });
      this.#reject(offer, reason);
      return;
    }
    log('info', 'accepted', { kind: offer.job.kind, attempt: offer.attempt });
    this.#start(offer, permit, log);
  }

  /** Stops a job for its client; unknown leases have ended. */
  cancel(lease: LeaseRef): void {
    this.#stop(lease, 'cancel');
  }

  /** Stops a job whose lease has been taken away; its result is no longer wanted. */
  revoke(lease: LeaseRef): void {
    this.#stop(lease, 'drop');
  }

  /**
   * Takes no more offers and waits for the running jobs; those that do not end within the grace go back to the pool,
   * and those that surely will not go back at once.
   */
  async drain(graceMs: number): Promise<void> {
    const { now, say } = this.#ports;
    this.#isDraining = true;
    say({ kind: 'draining', frame: { type: 'draining', graceMs } });
    for (const { offer, state } of this.#running.values()) {
      if ((remainingMs(state, now()) ?? 0) > graceMs) this.#stop(offer, 'release');
    }
    const release = setTimeout(() => {
      for (const { offer } of this.#running.values()) this.#stop(offer, 'release');
    }, graceMs);
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
    clearTimeout(release);
  }

  /** Tells how much room there is. */
  sayReady(): void {
    const { slots, resident, say } = this.#ports;
    const freeSlots = this.#isDraining ? 0 : slots.free;
    say({ kind: 'ready', frame: { type: 'ready', freeSlots, resident: resident() } });
  }

  #start(offer: OfferFrame, permit: Permit, log: Log): void {
    const deadlineAtMs = this.#ports.now() + offer.deadlineInMs;
    const stop = new AbortController();
    const running: Running = { offer, stop, deadlineAtMs, log, state: startedJob, ended: Promise.resolve() };
    this.#running.set(leaseKey(offer), running);
    this.#accept(offer);
    this.#sayRunning(running);
    this.sayReady();
    running.ended = this.#follow(running, permit);
  }

  async #follow(running: Running, permit: Permit): Promise<void> {
    const { offer, stop } = running;
    {
      using _slot = permit;
      for await (const event of this.#ports.run(offer, stop.signal)) {
        this.#ports.onEvent?.(offer, event);
        this.#tell(running, event);
      }
      this.#running.delete(leaseKey(offer));
    }
    this.sayReady();
  }

  #tell(running: Running, event: LeaseEvent): void {
    const { say, now } = this.#ports;
    const { offer, log } = running;
    switch (event.kind) {
      case 'progress':
        running.state = advanceJob(running.state, event, now());
        this.#sayRunning(running);
        return;
      case 'preview': {
        const { step, bytes } = event;
        const frame = { type: 'preview', ...leaseOf(offer), step, sizeBytes: bytes.length } as const;
        say({ kind: 'preview', frame, bytes });
        return;
      }
      case 'dropped':
        log('info', 'dropped');
        say({ kind: 'dropped', lease: leaseOf(offer) });
        return;
      default:
        logEnd(log, event);
        say({ kind: 'end', frame: endFrame(offer, event, running.state.step) });
    }
  }

  #sayRunning({ offer, state, deadlineAtMs }: Running): void {
    const { step, steps } = state;
    const etaMs = remainingMs(state, this.#ports.now());
    this.#ports.say({ kind: 'running', lease: { ...leaseOf(offer), step, steps, etaMs }, deadlineAtMs });
  }

  #accept(offer: OfferFrame): void {
    this.#ports.say({ kind: 'accept', frame: { type: 'accept', ...leaseOf(offer) } });
  }

  #reject(offer: OfferFrame, reason: 'busy' | 'draining'): void {
    this.#ports.say({ kind: 'end', frame: { type: 'reject', ...leaseOf(offer), reason } });
    // The pool counts on no room now, though a stale offer leaves as much as before.
    this.sayReady();
  }

  #stop(lease: LeaseRef, reason: StopReason): void {
    this.#running.get(leaseKey(lease))?.stop.abort(reason);
  }

  /** A newer offer of a job says that the pool has given its older lease up. */
  #stopOlder({ jobId, fence }: OfferFrame): void {
    for (const { offer } of this.#running.values()) {
      if (offer.jobId === jobId && offer.fence < fence) this.#stop(offer, 'drop');
    }
  }

  #remember({ jobId, fence }: OfferFrame): void {
    this.#fences.delete(jobId);
    this.#fences.set(jobId, fence);
    const [oldest] = this.#fences.keys();
    if (this.#fences.size > rememberedJobs && oldest !== undefined) this.#fences.delete(oldest);
  }

  #logOf({ jobId: job, fence, requestId: request }: OfferFrame): Log {
    return logWith(this.#ports.log, { job, fence, ...(request && { request }) });
  }
}

function logEnd(log: Log, end: Exclude<LeaseEnd, { kind: 'dropped' }>): void {
  if (end.kind === 'done') log('info', 'done', { ...end.metrics });
  else if (end.kind === 'fail') log('warn', 'failed', { class: end.class, ...errorFields(end.error) });
  else log('info', end.kind);
}

function endFrame(
  offer: OfferFrame,
  end: Exclude<LeaseEnd, { kind: 'dropped' }>,
  stepsDone: number,
): EndFrame {
  const lease = leaseOf(offer);
  switch (end.kind) {
    case 'done':
      return {
        type: 'done',
        ...lease,
        outputs: end.outputs,
        ...(end.result && { result: end.result }),
        model: end.model,
        metrics: end.metrics,
      };
    case 'fail':
      return {
        type: 'fail',
        ...lease,
        class: end.class,
        code: end.code,
        detail: end.detail,
        ...(end.details && { details: end.details }),
        stepsDone,
      };
    case 'canceled':
      return { type: 'canceled', ...lease, stepsDone };
    case 'released':
      return { type: 'reject', ...lease, reason: 'draining' };
    default:
      return end satisfies never;
  }
}
