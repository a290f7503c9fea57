// What a worker owes its pool: the leases that run, and the ends that the pool has not acknowledged.
import type {
  BeatFrame,
  DrainingFrame,
  HelloFrame,
  LeaseRef,
  ReadyFrame,
  WorkerFrame,
} from '@darkroom/shared/contracts/frames';
import { type EndFrame, leaseKey, leaseOf } from './end-frame.ts';
import type { Journal } from './journal.ts';
import type { RunningLease } from './link-messages.ts';

/** As many as the contract lets `hello` name. */
const maxHelloLeases = 128;

/** Who the worker is, in every `hello`. */
export type Introduction = Omit<HelloFrame, 'type' | 'version' | 'leases'>;

/** A running lease and when its job must have ended. */
export interface BookedLease {
  readonly lease: RunningLease;
  readonly deadlineAtMs: number;
}

/** The books of one worker; the sockets come and go, this stays. */
export class LeaseBook {
  readonly #introduction: Introduction;
  readonly #ends: Journal<EndFrame>;
  readonly #running = new Map<string, BookedLease>();
  #ready: ReadyFrame | undefined;
  /** What the pool takes the room to be. */
  #knownSlots = 0;
  #draining: DrainingFrame | undefined;

  constructor(introduction: Introduction, ends: Journal<EndFrame>) {
    this.#introduction = introduction;
    this.#ends = ends;
  }

  get running(): readonly BookedLease[] {
    return [...this.#running.values()];
  }

  get isDraining(): boolean {
    return this.#draining !== undefined;
  }

  /** How many ends the pool has not acknowledged. */
  get keptCount(): number {
    return this.#ends.records.size;
  }

  /** What is said first on every connection: who, with which leases; what ended meanwhile; and how much room there is. */
  greeting(): WorkerFrame[] {
    const kept = [...this.#ends.records.values()];
    const leases = [...kept, ...this.running.map(({ lease }) => lease)].map(leaseOf);
    const hello: HelloFrame = {
      type: 'hello',
      version: 1,
      ...this.#introduction,
      leases: leases.slice(-maxHelloLeases),
    };
    const room = this.#draining ?? this.#ready;
    return [hello, ...kept, ...(room ? [room] : [])];
  }

  /** A sign of life. */
  beat(): BeatFrame {
    return { type: 'beat', leases: this.running.map(({ lease }) => lease) };
  }

  isRunning(lease: LeaseRef): boolean {
    return this.#running.has(leaseKey(lease));
  }

  /** The end of a lease that the pool has not acknowledged. */
  endOf(lease: LeaseRef): EndFrame | undefined {
    return this.#ends.records.get(leaseKey(lease));
  }

  /** Notes a lease, or how far it came. */
  run(booked: BookedLease): void {
    this.#running.set(leaseKey(booked.lease), booked);
  }

  /** Keeps the end of a lease. @throws when it cannot be written; it is kept in memory all the same */
  end(frame: EndFrame): void {
    this.#running.delete(leaseKey(frame));
    // Who gives a job back is offered nothing more until it says that it has room.
    if (frame.type === 'reject') this.#knownSlots = 0;
    this.#ends.keep(leaseKey(frame), frame);
  }

  /** Forgets a lease: the pool knows its end, or does not want to. */
  forget(lease: LeaseRef): void {
    this.#running.delete(leaseKey(lease));
    this.#ends.drop(leaseKey(lease));
  }

  /** Notes how much room there is. Returns whether the pool must hear of it now: it counts down by itself. */
  room(frame: ReadyFrame): boolean {
    const isMore = frame.freeSlots > this.#knownSlots;
    this.#ready = frame;
    this.#knownSlots = frame.freeSlots;
    return isMore && !this.isDraining;
  }

  drain(frame: DrainingFrame): void {
    this.#draining = frame;
  }
}
