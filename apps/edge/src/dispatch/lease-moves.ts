/** The moves that a lease can make; each writes one job row. */
import { cancelGraceMs, type LeaseRef, leaseMs } from '@darkroom/shared/contracts/frames';
import { isEnded, type LeasedJob, type LiveJob, type Outcome, type QueuedJob } from './pool-rows.ts';
import { afterFailure, type Failure } from './retry.ts';
import { leaseOf, type Turn } from './turn.ts';

/** How long the books may take before an outcome is said again. */
export const settleAgainMs = 5_000;

const notBegun = { step: 0, steps: 0, etaMs: null };

/**
 * The job that a worker speaks of, if it may. A lease that ran out stays the worker's until the job is offered again:
 * the fence decides, not the clock, and a worker that comes back was not dead.
 */
export function heldJob(turn: Turn, workerId: string, { jobId, fence }: LeaseRef): LeasedJob | undefined {
  const job = turn.jobs.get(jobId);
  if (!job || isEnded(job) || job.holder !== workerId || job.facts.fence !== fence) return undefined;
  if (job.state !== 'queued') return job;
  return {
    facts: { ...job.facts, deaths: job.facts.deaths - 1 },
    state: 'running',
    holder: workerId,
    leaseEndsAtMs: turn.nowMs + leaseMs,
    isLengthened: false,
    progress: notBegun,
    stopping: null,
  };
}

/** Leases a queued job to a worker; every lease has a fence of its own. */
export function offerJob(turn: Turn, job: QueuedJob, workerId: string): void {
  const facts = { ...job.facts, fence: job.facts.fence + 1, attempts: job.facts.attempts + 1 };
  turn.jobs.put(facts.id, {
    facts,
    state: 'starting',
    holder: workerId,
    leaseEndsAtMs: turn.nowMs + leaseMs,
    isLengthened: false,
    progress: notBegun,
    stopping: null,
  });
  turn.emit({ type: 'offer', workerId, job: facts });
}

/** The worker is at work: the lease begins anew, unless the job is being stopped. */
export function renewLease(turn: Turn, job: LeasedJob, progress: LeasedJob['progress'] = job.progress): void {
  turn.jobs.put(job.facts.id, {
    ...job,
    state: 'running',
    leaseEndsAtMs: job.stopping ? job.leaseEndsAtMs : turn.nowMs + leaseMs,
    isLengthened: false,
    progress,
  });
}

/** Gives a worker that may not have been heard the time to come back. */
export function lengthenLease(
  turn: Turn,
  job: LeasedJob,
  { isLengthened }: Pick<LeasedJob, 'isLengthened'> = job,
): void {
  const graceMs = isStopping(job) ? cancelGraceMs : leaseMs;
  const leaseEndsAtMs = Math.max(job.leaseEndsAtMs, turn.nowMs + graceMs);
  turn.jobs.put(job.facts.id, { ...job, leaseEndsAtMs, isLengthened });
}

type Ending =
  | Omit<Outcome & { state: 'succeeded' }, 'fence'>
  | Omit<Outcome & { state: 'failed' }, 'fence'>
  | Omit<Outcome & { state: 'canceled' | 'expired' }, 'fence'>;

/** Decides how a job ended, once and for all. */
export function endJob(turn: Turn, { facts }: LiveJob, ending: Ending): void {
  const outcome: Outcome = { ...ending, fence: facts.fence };
  const settleAgainAtMs = turn.nowMs + settleAgainMs;
  const ended = { facts, state: outcome.state, outcome, settleAgainAtMs };
  turn.jobs.put(facts.id, ended);
  turn.emit({ type: 'settle', job: ended });
}

/** A job whose worker was told to stop it. */
type StoppingJob = LeasedJob & { readonly stopping: 'canceled' | 'expired' };

export function isStopping(job: LeasedJob): job is StoppingJob {
  return job.stopping !== null;
}

/** Ends a job that was being stopped; without word from its worker, by what its last beat said. */
export function endStopped(turn: Turn, job: StoppingJob, stepsDone: number = job.progress.step): void {
  endJob(turn, job, { state: job.stopping, stepsDone });
}

/** Takes a job back as if it had not been offered. */
export function giveBack(turn: Turn, job: LeasedJob): void {
  if (isStopping(job)) {
    endStopped(turn, job);
    return;
  }
  turn.jobs.put(job.facts.id, {
    facts: { ...job.facts, attempts: job.facts.attempts - 1 },
    state: 'queued',
    notBeforeMs: turn.nowMs,
    holder: null,
  });
}

/** What a failed lease leaves behind. */
export interface LeaseEnd {
  readonly stepsDone: number;
  /** The worker, where it may still come back with the result. */
  readonly holder: string | null;
}

/** The lease ended without a result: another attempt, or the end. */
export function failLease(
  turn: Turn,
  job: LeasedJob,
  failure: Failure,
  { stepsDone, holder }: LeaseEnd,
): void {
  if (isStopping(job)) {
    endStopped(turn, job, stepsDone);
    return;
  }
  const aftermath = afterFailure(job.facts, job.holder, failure);
  if (aftermath.next === 'end') {
    endJob(turn, { ...job, facts: aftermath.facts }, { ...aftermath.outcome, stepsDone });
    return;
  }
  turn.jobs.put(job.facts.id, {
    facts: aftermath.facts,
    state: 'queued',
    notBeforeMs: turn.nowMs + aftermath.backoffMs,
    holder,
  });
}

/** Tells the worker to stop a job, and gives it a moment to; asking twice changes nothing. */
export function stopJob(turn: Turn, job: LeasedJob, stopping: StoppingJob['stopping']): void {
  if (isStopping(job)) return;
  turn.jobs.put(job.facts.id, { ...job, stopping, leaseEndsAtMs: turn.nowMs + cancelGraceMs });
  turn.send(job.holder, { type: 'cancel', ...leaseOf(job) });
}
