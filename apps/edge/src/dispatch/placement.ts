/** Which worker a job should get. */
import { isLeased, type QueuedJob, type WorkerRow } from './pool-rows.ts';
import type { Turn } from './turn.ts';

/** How long a job waits for a worker that has its model in memory. */
export const warmPatienceMs = 2_000;
/** How long it waits for one on which it did not fail; where it failed it is likely to fail again. */
export const freshPatienceMs = 20_000;

/** A worker that takes jobs, and how many more it takes now. */
export interface Seat {
  readonly worker: WorkerRow;
  readonly room: number;
}

/** The workers that take jobs, busy ones too. Room is bounded by their credit and by what they hold already. */
export function seatsOf({ jobs, workers }: Turn): Seat[] {
  const held = new Map<string, number>();
  for (const { holder } of jobs.rows().filter(isLeased)) held.set(holder, (held.get(holder) ?? 0) + 1);
  return workers
    .rows()
    .filter((worker) => worker.isConnected && !worker.isDraining)
    .map((worker) => ({
      worker,
      room: Math.min(worker.credit, worker.slots - (held.get(worker.id) ?? 0)),
    }));
}

/** When a job may go to any worker: first whether its model is in memory there, then whether it failed there. */
export function patienceEndsAtMs(job: QueuedJob): readonly [warmMs: number, freshMs: number] {
  const sinceMs = waitsSinceMs(job);
  return [sinceMs + warmPatienceMs, sinceMs + freshPatienceMs];
}

function waitsSinceMs({ facts, notBeforeMs }: QueuedJob): number {
  return Math.max(facts.enqueuedAtMs, notBeforeMs);
}

const hasRoom = ({ room }: Seat) => room > 0;

/** Finds seats for jobs; of jobs that are alike it has to look once. */
export class Placement {
  readonly #seats: readonly Seat[];
  readonly #nowMs: number;
  readonly #found = new Map<string, Seat | undefined>();

  constructor(seats: readonly Seat[], nowMs: number) {
    this.#seats = seats;
    this.#nowMs = nowMs;
  }

  /** The seat for a job, or undefined when the job should wait. */
  seatFor(job: QueuedJob): Seat | undefined {
    const { model, tried } = job.facts;
    const patience = patienceOf(job, this.#nowMs);
    const name = JSON.stringify([model, tried, patience]);
    if (!this.#found.has(name)) this.#found.set(name, chooseSeat({ model, tried, ...patience }, this.#seats));
    return this.#found.get(name);
  }
}

interface Patience {
  /** Whether it still waits for a worker that has its model in memory. */
  readonly wantsWarm: boolean;
  /** Whether it still waits for one on which it did not fail. */
  readonly wantsFresh: boolean;
}

function patienceOf(job: QueuedJob, nowMs: number): Patience {
  const waitedMs = nowMs - waitsSinceMs(job);
  // It has waited less than nothing only when the clock was set back.
  const isWithin = (patienceMs: number) => waitedMs >= 0 && waitedMs < patienceMs;
  return { wantsWarm: isWithin(warmPatienceMs), wantsFresh: isWithin(freshPatienceMs) };
}

function chooseSeat(
  { model, tried, wantsWarm, wantsFresh }: Pick<QueuedJob['facts'], 'model' | 'tried'> & Patience,
  seats: readonly Seat[],
): Seat | undefined {
  const waitsFor = (wanted: readonly Seat[], isPatient: boolean) =>
    wanted.some(hasRoom) || (wanted.length > 0 && isPatient);
  const able = seats.filter(({ worker }) => worker.models.includes(model));
  const fresh = able.filter(({ worker }) => !tried.includes(worker.id));
  const allowed = waitsFor(fresh, wantsFresh) ? fresh : able;
  const warm = allowed.filter(({ worker }) => worker.resident.includes(model));
  const wanted = waitsFor(warm, wantsWarm) ? warm : allowed;
  return wanted.filter(hasRoom).toSorted((a, b) => b.room - a.room)[0];
}
