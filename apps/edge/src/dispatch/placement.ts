/** Which worker a job should get. */
import { isLeased, type QueuedJob, type WorkerRow } from './pool-rows.ts';
import type { Turn } from './turn.ts';

/** How long a job waits for a worker that has its model in memory. */
export const patienceMs = 2_000;

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

/** When a job stops waiting for a worker that has its model in memory. */
export function patienceEndsAtMs({ facts, notBeforeMs }: QueuedJob): number {
  return Math.max(facts.enqueuedAtMs, notBeforeMs) + patienceMs;
}

/** The worker for a job, or undefined when the job should wait. */
export function chooseSeat(job: QueuedJob, seats: readonly Seat[], nowMs: number): Seat | undefined {
  const { model, tried } = job.facts;
  const able = seats.filter(({ worker }) => worker.models.includes(model));
  const fresh = able.filter(({ worker }) => !tried.includes(worker.id));
  // An untried worker is waited for even while it is busy: where a job failed it is likely to fail again.
  const allowed = fresh.length > 0 ? fresh : able;
  const warm = allowed.filter(({ worker }) => worker.resident.includes(model));
  const isPatient = warm.length > 0 && nowMs < patienceEndsAtMs(job);
  return roomiest(warm) ?? (isPatient ? undefined : roomiest(allowed));
}

function roomiest(seats: readonly Seat[]): Seat | undefined {
  const free = seats.filter(({ room }) => room > 0);
  return free.toSorted((a, b) => b.room - a.room)[0];
}
