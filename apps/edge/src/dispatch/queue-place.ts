/** How long a job will have to wait. */
import type { JobId } from '@darkroom/shared/ids';
import { fairOrder } from './fairness.ts';
import { isLeased, isQueued, type LeasedJob, type Pool, type WorkerRow } from './pool-rows.ts';

/** Where a job stands. */
export interface QueuePlace {
  /** Jobs ahead; 0 once it runs. */
  readonly position: number;
  /** Expected time to its end; null = there is no worker yet. */
  readonly etaMs: number | null;
}

/** Slots of the workers that take jobs. */
export function countSlots(workers: readonly WorkerRow[]): number {
  return workers
    .filter(({ isConnected, isDraining }) => isConnected && !isDraining)
    .reduce((sum, { slots }) => sum + slots, 0);
}

function remainingMs({ facts, progress }: LeasedJob): number {
  return progress.etaMs ?? facts.costMs;
}

/** Place and waiting time of every job that has not ended, as if no more came. */
export function queuePlaces(pool: Pool, nowMs: number): Map<JobId, QueuePlace> {
  const jobs = [...pool.jobs.values()];
  const leased = jobs.filter(isLeased);
  const slots = countSlots([...pool.workers.values()]);
  const places = new Map<JobId, QueuePlace>();
  let aheadMs = 0;
  for (const job of leased) {
    places.set(job.facts.id, { position: 0, etaMs: remainingMs(job) });
    aheadMs += remainingMs(job);
  }
  for (const [position, { facts }] of fairOrder(jobs.filter(isQueued), pool.projects, nowMs).entries()) {
    const etaMs = slots > 0 ? Math.round(aheadMs / slots + facts.costMs) : null;
    places.set(facts.id, { position, etaMs });
    aheadMs += facts.costMs;
  }
  return places;
}
