/** What happens to a pool, and what the pool asks for in return. */
import type { PoolFrame, WorkerFrame } from '@darkroom/shared/contracts/frames';
import type { JobId } from '@darkroom/shared/ids';
import type { EndedJob, JobFacts, JobSpec } from './pool-rows.ts';

/** What can happen to a pool. */
export type PoolEvent =
  | { readonly type: 'enqueue'; readonly job: JobSpec }
  | { readonly type: 'cancel'; readonly jobId: JobId }
  /** A worker’s frame, parsed; `hello` binds its socket to `workerId` and replaces an older socket. */
  | { readonly type: 'frame'; readonly workerId: string; readonly frame: WorkerFrame }
  /** The worker’s current socket is gone. */
  | { readonly type: 'close'; readonly workerId: string }
  /** Someone wants the worker to stop. */
  | { readonly type: 'drain'; readonly workerId: string }
  /** An outcome is in the books. */
  | { readonly type: 'settled'; readonly jobId: JobId }
  /** Time has passed. */
  | { readonly type: 'alarm' }
  /** The pool itself was away, so nobody could beat; the sockets of these workers outlived it. */
  | { readonly type: 'wake'; readonly connected: readonly string[] };

/** Frames that need nothing from outside. */
export type SmallPoolFrame = Exclude<PoolFrame, { readonly type: 'offer' }>;

/** What a turn asks of the world, to be done after its changes are stored. */
export type Effect =
  /** Sign the addresses and send the offer; a lost one runs out like any lease. */
  | { readonly type: 'offer'; readonly workerId: string; readonly job: JobFacts }
  | { readonly type: 'send'; readonly workerId: string; readonly frame: SmallPoolFrame }
  /** Close the worker’s socket, if it has one: it must say hello before it gets anything. */
  | { readonly type: 'disconnect'; readonly workerId: string }
  /** Bring the outcome into the books, once per job id however often this comes; then say `settled`. */
  | { readonly type: 'settle'; readonly job: EndedJob }
  /** Delete the pictures of a lease that no longer counts. */
  | { readonly type: 'discard'; readonly jobId: JobId; readonly fence: number }
  | {
      readonly type: 'progress';
      readonly jobId: JobId;
      readonly step: number;
      readonly steps: number;
      readonly etaMs: number | null;
    }
  /** Pass on the worker’s next binary message. */
  | { readonly type: 'preview'; readonly jobId: JobId; readonly step: number; readonly sizeBytes: number }
  /** The queue is full; the job was not taken. */
  | {
      readonly type: 'refuse';
      readonly jobId: JobId;
      readonly reason: 'pool_full' | 'project_full';
      readonly retryAfterMs: number;
    };
