/** What time alone does to a pool, and when to look again. */
import { leaseMs } from '@darkroom/shared/contracts/frames';
import { endJob, failLease, giveBack, isStopping, settleAgainMs, stopJob } from './lease-moves.ts';
import { patienceEndsAtMs, seatsOf } from './placement.ts';
import { isEnded, isLeased, isLive, isQueued, type JobRow, type LeasedJob } from './pool-rows.ts';
import { maxBackoffMs, workerLost } from './retry.ts';
import { leaseOf, type Turn } from './turn.ts';

/** How long a settled job's tombstone answers reports that come twice. */
export const tombstoneMs = 600_000;

/** Does everything that is due. */
export function runTimers(turn: Turn): void {
  for (const job of turn.jobs.rows()) runTimersOf(turn, job);
  forgetWorkers(turn);
  dropTombstones(turn);
}

function runTimersOf(turn: Turn, job: JobRow): void {
  const { jobs, nowMs } = turn;
  let row = withinReach(job, nowMs);
  if (row !== job) jobs.put(row.facts.id, row);
  if (isLeased(row)) {
    checkLease(turn, row);
    row = jobs.get(row.facts.id) ?? row;
  }
  if (isQueued(row)) {
    if (row.facts.deadlineAtMs <= nowMs) endJob(turn, row, { state: 'expired', stepsDone: 0 });
  } else if (isEnded(row) && row.settleAgainAtMs <= nowMs) {
    jobs.put(row.facts.id, { ...row, settleAgainAtMs: nowMs + settleAgainMs });
    turn.emit({ type: 'settle', job: row });
  }
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
  const gone = workers.rows().filter(({ isConnected }) => !isConnected);
  if (gone.length === 0) return;
  const live = jobs.rows().filter(isLive);
  const holders = new Set(live.map(({ holder }) => holder));
  for (const { id } of gone) if (!holders.has(id)) workers.delete(id);
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
  // Where no worker has room, patience ends in nothing; who brings room makes a turn.
  const hasRoom = seatsOf(turn).some(({ room }) => room > 0);
  let soonestMs = Number.POSITIVE_INFINITY;
  const consider = (atMs: number) => {
    if (atMs > nowMs && atMs < soonestMs) soonestMs = atMs;
  };
  for (const job of jobs.rows()) {
    if (isEnded(job)) {
      consider(job.settleAgainAtMs);
      continue;
    }
    consider(job.facts.deadlineAtMs);
    if (isLeased(job)) consider(job.leaseEndsAtMs);
    else {
      consider(job.notBeforeMs);
      if (hasRoom) for (const atMs of patienceEndsAtMs(job)) consider(atMs);
    }
  }
  if (oldest) consider(oldest[1].settledAtMs + tombstoneMs);
  return soonestMs;
}
