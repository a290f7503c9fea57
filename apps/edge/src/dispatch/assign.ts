/** Matches waiting jobs with free slots. */
import { chargeProject, firstInFairOrder } from './fairness.ts';
import { offerJob } from './lease-moves.ts';
import { Placement, seatsOf } from './placement.ts';
import { isQueued } from './pool-rows.ts';
import type { Turn } from './turn.ts';

/** Offers jobs, in fair order, for as long as a worker has room for one that may start. */
export function assignJobs(turn: Turn): void {
  while (assignNext(turn));
}

function assignNext(turn: Turn): boolean {
  const { jobs, workers, projects, nowMs } = turn;
  const seats = seatsOf(turn);
  if (!seats.some(({ room }) => room > 0)) return false;
  const placement = new Placement(seats, nowMs);
  const placeable = jobs
    .rows()
    .filter(isQueued)
    .filter((job) => job.notBeforeMs <= nowMs && placement.seatFor(job));
  const job = firstInFairOrder(placeable, projects, nowMs);
  const worker = job && placement.seatFor(job)?.worker;
  if (!worker) return false;
  chargeProject(projects, job);
  workers.put(worker.id, { ...worker, credit: worker.credit - 1 });
  offerJob(turn, job, worker.id);
  return true;
}
