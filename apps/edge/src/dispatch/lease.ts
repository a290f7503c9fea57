/**
 * The pool as a state machine: who works on what, and how every job ends.
 *
 * `advance` is pure. Its caller stores the changes in one transaction, and only then does what the effects ask, so that
 * a crash between the two repeats an effect at worst: offers run out, frames are said again, outcomes are settled by id.
 */
import type { JobId } from '@darkroom/shared/ids';
import { assignJobs } from './assign.ts';
import { endJob, lengthenLease, stopJob } from './lease-moves.ts';
import type { Effect, PoolEvent } from './pool-event.ts';
import { type Changes, isEnded, isLeased, isQueued, type JobSpec, type Pool } from './pool-rows.ts';
import { countSlots } from './queue-place.ts';
import { nextAlarmMs, runTimers } from './timers.ts';
import { Turn } from './turn.ts';
import { closeWorker, drainWorker, handleFrame } from './worker-frames.ts';

/** What came of an event. */
export interface Advance {
  /** Rows to store, all or none. */
  readonly changes: Changes;
  /** What to do once they are stored, in this order. */
  readonly effects: readonly Effect[];
  /** When to send an `alarm`, if nothing happens before; Infinity = never. */
  readonly alarmAtMs: number;
}

/**
 * Takes one event: the event itself, then everything that is due, then new offers. The event comes first, so a beat
 * that was late but came before anyone noticed still counts.
 */
export function advance(pool: Pool, event: PoolEvent, nowMs: number): Advance {
  const turn = new Turn(pool, nowMs);
  handleEvent(turn, event);
  runTimers(turn);
  assignJobs(turn);
  return { changes: turn.changes, effects: turn.effects, alarmAtMs: nextAlarmMs(turn) };
}

function handleEvent(turn: Turn, event: PoolEvent): void {
  switch (event.type) {
    case 'enqueue':
      enqueue(turn, event.job);
      break;
    case 'cancel':
      cancel(turn, event.jobId);
      break;
    case 'frame':
      handleFrame(turn, event.workerId, event.frame);
      break;
    case 'close':
      closeWorker(turn, event.workerId);
      break;
    case 'drain':
      turn.send(event.workerId, { type: 'drain' });
      drainWorker(turn, event.workerId);
      break;
    case 'settled':
      bury(turn, event.jobId);
      break;
    case 'wake':
      wake(turn, event.connected);
      break;
    case 'alarm':
      break;
    default:
      event satisfies never;
  }
}

function enqueue(turn: Turn, spec: JobSpec): void {
  // Said twice: it is here already.
  if (turn.jobs.get(spec.id) || turn.tombstones.get(spec.id)) return;
  const reason = fullness(turn, spec.projectId);
  if (reason) {
    turn.emit({ type: 'refuse', jobId: spec.id, reason, retryAfterMs: nextPlaceMs(turn) });
    return;
  }
  const fresh = { fence: 0, attempts: 0, deaths: 0, isSmaller: false, tried: [], checkpoint: null };
  turn.jobs.put(spec.id, {
    facts: { ...spec, ...fresh, enqueuedAtMs: turn.nowMs },
    state: 'queued',
    notBeforeMs: turn.nowMs,
    holder: null,
  });
}

function fullness({ jobs, limits }: Turn, projectId: string): 'pool_full' | 'project_full' | undefined {
  const queued = jobs.rows().filter(isQueued);
  if (queued.length >= limits.queued) return 'pool_full';
  const own = queued.filter(({ facts }) => facts.projectId === projectId);
  return own.length >= limits.queuedPerProject ? 'project_full' : undefined;
}

/** When the queue will have one place more: the time of an average job, shared by all slots. */
function nextPlaceMs({ jobs, workers }: Turn): number {
  const queued = jobs.rows().filter(isQueued);
  const workMs = queued.reduce((sum, { facts }) => sum + facts.costMs, 0);
  const slots = Math.max(1, countSlots(workers.rows()));
  return Math.ceil(Math.min(Math.max(workMs / Math.max(1, queued.length) / slots, 1_000), 60_000));
}

function cancel(turn: Turn, jobId: JobId): void {
  const job = turn.jobs.get(jobId);
  if (!job || isEnded(job)) return;
  if (isLeased(job)) stopJob(turn, job, 'canceled');
  else endJob(turn, job, { state: 'canceled', stepsDone: 0 });
}

/** The outcome is in the books: only what answers late reports is kept. */
function bury({ jobs, tombstones, nowMs }: Turn, jobId: JobId): void {
  const job = jobs.get(jobId);
  if (!job || !isEnded(job)) return;
  jobs.delete(jobId);
  tombstones.put(jobId, { state: job.state, fence: job.facts.fence, settledAtMs: nowMs });
}

/** An alarm that is so late was not kept from coming by sleep. */
const lateAlarmMs = 5_000;

/**
 * Nobody is blamed for the silence of a time in which the pool could not hear. Asleep it hears: messages wake it, and
 * alarms do in time. When nobody is connected the two cannot be told apart, so that a lease is lengthened once.
 */
function wake(turn: Turn, connected: readonly string[]): void {
  const { workers, nowMs } = turn;
  const leased = turn.jobs.rows().filter(isLeased);
  const lost = workers.rows().filter(({ id, isConnected }) => isConnected && !connected.includes(id));
  const wasAway = lost.length > 0 || leased.some(({ leaseEndsAtMs }) => leaseEndsAtMs < nowMs - lateAlarmMs);
  for (const job of leased) {
    if (wasAway) lengthenLease(turn, job);
    else if (connected.length === 0 && !job.isLengthened) lengthenLease(turn, job, { isLengthened: true });
  }
  for (const { id } of lost) closeWorker(turn, id);
}
