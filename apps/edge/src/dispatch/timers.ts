/** What time alone does to a pool, and when to look again. */
import { leaseMs } from '@darkroom/shared/contracts/frames';
import { endJob, failLease, giveBack, isStopping, settleAgainMs, stopJob } from './lease-moves.ts';
import { patienceEndsAtMs } from './placement.ts';
import { isEnded, isLeased, isLive, isQueued, type JobRow, type LeasedJob } from './pool-rows.ts';
import { maxBackoffMs, workerLost } from './retry.ts';
import { leaseOf, type Turn } from './turn.ts';

/** How long a settled job's tombstone answers reports that come twice. */
export const tombstoneMs = 600_000;

/** Does everything that is due. */
export function runTimers(turn: Turn): void {
  const { jobs, nowMs } = turn;
  for (const job of jobs.rows()) {
    const bounded = withinReach(job, nowMs);
    if (bounded !== job) jobs.put(job.facts.id, bounded);
  }
  for (const job of jobs.rows().filter(isLeased)) checkLease(turn, job);
  for (const job of jobs.rows().filter(isQueued)) {
    if (job.facts.deadlineAtMs <= nowMs) endJob(turn, job, { state: 'expired', stepsDone: 0 });
  }
  for (const job of jobs.rows().filter(isEnded)) {
    if (job.settleAgainAtMs > nowMs) continue;
    jobs.put(job.facts.id, { ...job, settleAgainAtMs: nowMs + settleAgainMs });
    turn.emit({ type: 'settle', job });
  }
  forgetWorkers(turn);
  dropTombstones(turn);
}

/** A clock that was set back must not stretch what was meant to be short. */
function withinReach(job: JobRow, nowMs: number): JobRow {
  if (isQueued(job) && job.notBeforeMs > nowMs + maxBackoffMs) return { ...job, notBeforeMs: nowMs };
  if (isLeased(job) && job.leaseEndsAtMs > nowMs + leaseMs) return { ...job, leaseEndsAtMs: nowMs + leaseMs };
  if (isEnded(job) && job.settleAgainAtMs > nowMs + settleAgainMs) return { ...job, settleAgainAtMs: nowMs };
  return job;
}

function checkLease(turn: Turn, job: LeasedJob): void {
  const { nowMs } = turn;
  if (job.leaseEndsAtMs <= nowMs) {
    if (isStopping(job)) revoke(turn, job);
    else loseLease(turn, job);
  } else if (job.facts.deadlineAtMs <= nowMs) {
    stopJob(turn, job, 'expired');
  }
}

/** Takes a job from its worker without its consent. */
function revoke(turn: Turn, job: LeasedJob): void {
  turn.send(job.holder, { type: 'revoke', ...leaseOf(job) });
  giveBack(turn, job);
}

/** Takes a silent worker for dead: it gets nothing more until it says hello again. */
function loseLease(turn: Turn, job: LeasedJob): void {
  const worker = turn.workers.get(job.holder);
  if (worker?.isConnected) {
    turn.workers.put(worker.id, { ...worker, isConnected: false });
    turn.emit({ type: 'disconnect', workerId: worker.id });
  }
  failLease(turn, job, workerLost, { stepsDone: job.progress.step, holder: job.holder });
}

/** A worker that is gone is remembered only for the jobs that it may still come back with. */
function forgetWorkers({ jobs, workers }: Turn): void {
  const live = jobs.rows().filter(isLive);
  const holders = new Set(live.map(({ holder }) => holder));
  for (const { id, isConnected } of workers.rows()) {
    if (!isConnected && !holders.has(id)) workers.delete(id);
  }
}

function dropTombstones({ tombstones, nowMs }: Turn): void {
  for (const [id, { settledAtMs }] of tombstones.entries()) {
    // They come in the order in which they were settled.
    if (settledAtMs > nowMs - tombstoneMs) return;
    tombstones.delete(id);
  }
}

/** When the pool has to look again; Infinity = not before something happens. */
export function nextAlarmMs(turn: Turn): number {
  const { jobs, tombstones, nowMs } = turn;
  const [oldest] = tombstones.entries();
  let soonestMs = Number.POSITIVE_INFINITY;
  const consider = (atMs: number) => {
    if (atMs > nowMs && atMs < soonestMs) soonestMs = atMs;
  };
  for (const job of jobs.rows()) for (const atMs of timesOf(job)) consider(atMs);
  if (oldest) consider(oldest[1].settledAtMs + tombstoneMs);
  return soonestMs;
}

function timesOf(job: JobRow): number[] {
  if (isQueued(job)) return [job.facts.deadlineAtMs, job.notBeforeMs, ...patienceEndsAtMs(job)];
  if (isEnded(job)) return [job.settleAgainAtMs];
  return [job.leaseEndsAtMs, job.facts.deadlineAtMs];
}
