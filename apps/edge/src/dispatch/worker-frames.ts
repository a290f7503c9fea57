/** What a pool makes of its workers' frames. */
import type { HelloFrame, LeaseRef, WorkerFrame } from '@darkroom/shared/contracts/frames';
import { endJob, failLease, giveBack, heldJob, isStopping, renewLease } from './lease-moves.ts';
import { isEnded, isLive, isQueued, type LeasedJob, type LiveJob, type WorkerRow } from './pool-rows.ts';
import { stoppedUnasked, workerLost } from './retry.ts';
import { leaseOf, type Turn } from './turn.ts';

type FrameOf<T extends WorkerFrame['type']> = Extract<WorkerFrame, { readonly type: T }>;

/** The rule of each kind of frame. */
const rules = {
  hello: (turn, _workerId, frame) => greet(turn, frame),
  ready: (turn, workerId, { freeSlots, resident }) =>
    changeWorker(turn, workerId, { credit: freeSlots, resident }),
  accept: (turn, workerId, frame) => report(turn, workerId, frame),
  beat: (turn, workerId, { leases }) => {
    for (const { jobId, fence, ...progress } of leases) report(turn, workerId, { jobId, fence }, progress);
  },
  preview: (turn, workerId, { jobId, fence, step, sizeBytes }) => {
    if (heldJob(turn, workerId, { jobId, fence })) turn.emit({ type: 'preview', jobId, step, sizeBytes });
  },
  checkpoint: (turn, workerId, frame) => keepCheckpoint(turn, workerId, frame),
  done: (turn, workerId, frame) => closeLease(turn, workerId, frame),
  fail: (turn, workerId, frame) => closeLease(turn, workerId, frame),
  canceled: (turn, workerId, frame) => closeLease(turn, workerId, frame),
  reject: (turn, workerId, frame) => closeLease(turn, workerId, frame),
  draining: (turn, workerId) => drainWorker(turn, workerId),
} satisfies {
  readonly [T in WorkerFrame['type']]: (turn: Turn, workerId: string, frame: FrameOf<T>) => void;
};

/**
 * Takes a worker's frame. What concerns a lease counts even from a worker that was taken for dead, but to get anything
 * it must say hello again.
 */
export function handleFrame(turn: Turn, workerId: string, frame: WorkerFrame): void {
  // The table's row and the frame carry the same type, which the type of a lookup cannot say.
  const rule = rules[frame.type] as (turn: Turn, workerId: string, frame: WorkerFrame) => void;
  rule(turn, workerId, frame);
  if (!turn.workers.get(workerId)?.isConnected) turn.emit({ type: 'disconnect', workerId });
}

/** The worker's socket is gone; its leases stay until they run out. */
export function closeWorker(turn: Turn, workerId: string): void {
  changeWorker(turn, workerId, { isConnected: false });
}

/** The worker gets no more offers; what it cannot finish it gives back. */
export function drainWorker(turn: Turn, workerId: string): void {
  changeWorker(turn, workerId, { isDraining: true });
}

function changeWorker({ workers }: Turn, workerId: string, change: Partial<WorkerRow>): void {
  const worker = workers.get(workerId);
  if (worker) workers.put(workerId, { ...worker, ...change });
}

/** A worker is here, for the first time or again: what it does not know of it does not do. */
function greet(turn: Turn, { workerId, bootId, slots, models, leases }: HelloFrame): void {
  const before = turn.workers.get(workerId);
  const isSameBoot = before?.bootId === bootId;
  const isDraining = isSameBoot && before.isDraining;
  turn.workers.put(workerId, {
    id: workerId,
    bootId,
    isConnected: true,
    slots,
    credit: 0,
    models: models.map(({ id }) => id),
    resident: [],
    isDraining,
  });
  // It may have been away when it was told.
  if (isDraining) turn.send(workerId, { type: 'drain' });
  const nameOf = ({ jobId, fence }: LeaseRef) => `${jobId}/${fence}`;
  const known = new Set(leases.map(nameOf));
  for (const job of heldBy(turn, workerId)) {
    if (known.has(nameOf(leaseOf(job)))) continue;
    // The same process never got the offer; another one went down with the job.
    if (isQueued(job)) turn.jobs.put(job.facts.id, { ...job, holder: null });
    else if (isSameBoot) giveBack(turn, job);
    else failLease(turn, job, workerLost, { stepsDone: job.progress.step, holder: null });
  }
  for (const ref of leases) assertLease(turn, workerId, ref);
}

function heldBy({ jobs }: Turn, workerId: string): LiveJob[] {
  return jobs
    .rows()
    .filter(isLive)
    .filter(({ holder }) => holder === workerId);
}

function assertLease(turn: Turn, workerId: string, ref: LeaseRef): void {
  report(turn, workerId, ref);
  const job = heldJob(turn, workerId, ref);
  if (job && isStopping(job)) turn.send(workerId, { type: 'cancel', ...ref });
}

/** A worker says that it holds a lease, and perhaps how far it is. */
function report(turn: Turn, workerId: string, ref: LeaseRef, progress?: LeasedJob['progress']): void {
  const { jobId, fence } = ref;
  const job = heldJob(turn, workerId, ref);
  if (!job) {
    turn.send(workerId, { type: 'revoke', jobId, fence });
    return;
  }
  renewLease(turn, job, progress);
  if (progress && progress.step !== job.progress.step) turn.emit({ type: 'progress', jobId, ...progress });
}

function keepCheckpoint(turn: Turn, workerId: string, { key, step, ...ref }: FrameOf<'checkpoint'>): void {
  const job = heldJob(turn, workerId, ref);
  if (job) renewLease(turn, { ...job, facts: { ...job.facts, checkpoint: { key, step } } });
}

type EndFrame = FrameOf<'done' | 'fail' | 'canceled' | 'reject'>;

/** A worker is through with a lease. It may say so more than once, and it may be too late. */
function closeLease(turn: Turn, workerId: string, frame: EndFrame): void {
  const { jobId, fence } = frame;
  const job = heldJob(turn, workerId, frame);
  if (job) finishLease(turn, job, frame);
  const counts = job !== undefined || (frame.type === 'done' && isCommitted(turn, frame));
  turn.send(workerId, { type: 'ack', jobId, fence, verdict: counts ? 'accepted' : 'stale' });
  if (frame.type === 'done' && !counts && isOver(turn, frame)) turn.emit({ type: 'discard', jobId, fence });
}

function finishLease(turn: Turn, job: LeasedJob, frame: EndFrame): void {
  switch (frame.type) {
    case 'done': {
      const { outputs, result, model, metrics } = frame;
      endJob(turn, job, {
        state: 'succeeded',
        result: { outputs, ...(result && { result }), model, metrics },
        stepsDone: metrics.steps,
      });
      break;
    }
    case 'fail':
      failLease(turn, job, frame, { stepsDone: frame.stepsDone, holder: null });
      break;
    case 'canceled':
      failLease(turn, job, stoppedUnasked, { stepsDone: frame.stepsDone, holder: null });
      break;
    case 'reject':
      changeWorker(turn, job.holder, { credit: 0 });
      giveBack(turn, job);
      break;
    default:
      frame satisfies never;
  }
}

/** Whether the result of this lease is the one that counts. */
function isCommitted({ jobs, tombstones }: Turn, { jobId, fence }: LeaseRef): boolean {
  const job = jobs.get(jobId);
  const end = job ? { state: job.state, fence: job.facts.fence } : tombstones.get(jobId);
  return end?.state === 'succeeded' && end.fence === fence;
}

/** Whether nobody can come back with this lease; of a job that is not known this cannot be said. */
function isOver({ jobs, tombstones }: Turn, { jobId, fence }: LeaseRef): boolean {
  const job = jobs.get(jobId);
  return job ? isEnded(job) || fence < job.facts.fence : tombstones.get(jobId) !== undefined;
}
