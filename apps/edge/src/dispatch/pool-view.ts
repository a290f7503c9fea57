/** What others see of a pool. */
import type { JobProgress } from '@darkroom/shared/contracts/job-view';
import type { PoolHealth, PoolModel } from './job-pools.ts';
import { isEnded, isLeased, isQueued, type JobRow, type Pool } from './pool-rows.ts';
import type { Shelf } from './pool-store.ts';
import { countSlots, type QueuePlace } from './queue-place.ts';

/** How far a job is. */
export function progressOf(job: JobRow, place: QueuePlace | undefined): JobProgress {
  if (isLeased(job)) {
    const { step, steps, etaMs } = job.progress;
    const pct = steps === 0 ? 0 : Math.min(100, Math.round((1000 * step) / steps) / 10);
    return { position: 0, step, steps, pct, etaMs: etaMs ?? place?.etaMs ?? null };
  }
  if (isEnded(job)) {
    const pct = job.state === 'succeeded' ? 100 : 0;
    return { position: 0, step: job.outcome.stepsDone, steps: 0, pct, etaMs: 0 };
  }
  return { position: place?.position ?? 0, step: 0, steps: 0, pct: 0, etaMs: place?.etaMs ?? null };
}

/** The models of all workers that are or were here, each once. */
export function modelsOf(shelves: readonly Shelf[], { workers }: Pick<Pool, 'workers'>): PoolModel[] {
  const models = new Map<string, PoolModel>();
  for (const { workerId, models: shelved } of shelves) {
    const isHere = workers.get(workerId)?.isConnected ?? false;
    for (const { id, sha256, kinds } of shelved) {
      const known = models.get(id);
      models.set(id, {
        id,
        sha256: (isHere ? sha256 : undefined) ?? known?.sha256 ?? sha256,
        kinds: [...new Set([...(known?.kinds ?? []), ...kinds])],
        isOnline: isHere || (known?.isOnline ?? false),
      });
    }
  }
  return [...models.values()];
}

/** How a pool fares. */
export function healthOf({ jobs, workers }: Pool, nowMs: number): PoolHealth {
  const rows = [...jobs.values()];
  const queued = rows.filter(isQueued);
  const here = [...workers.values()].filter(({ isConnected }) => isConnected);
  return {
    queued: queued.length,
    oldestWaitMs: queued.reduce((most, { facts }) => Math.max(most, nowMs - facts.enqueuedAtMs), 0),
    slots: countSlots(here),
    busySlots: rows.filter(isLeased).length,
    workers: here.length,
  };
}
