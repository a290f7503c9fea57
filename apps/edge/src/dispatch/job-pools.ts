/** The port to the pools: what routes may ask of them. */
import type { KeyId } from '@darkroom/shared/contracts/api-key';
import type { Job } from '@darkroom/shared/contracts/job';
import type { JobProgress } from '@darkroom/shared/contracts/job-view';
import type { JobId } from '@darkroom/shared/ids';
import type { Price } from '@darkroom/shared/pricing';
import type { JobSpec } from './pool-rows.ts';

/** A job for a pool: what it must know of it, and what its worker gets. */
export interface JobOrder {
  readonly spec: JobSpec;
  readonly job: Job;
  /** Request that asked for it, for the worker's log. */
  readonly requestId: string;
  /** Identity of the key that pays, whose slot is given back at the end. */
  readonly keyIdentityId: KeyId;
  /** What it costs. */
  readonly price: Price;
}

export type Enqueued =
  /** How far it is; undefined = it had ended before. */
  | { readonly isTaken: true; readonly progress: JobProgress | undefined }
  /** Nothing of the job is kept. */
  | {
      readonly isTaken: false;
      readonly reason: 'pool_full' | 'project_full';
      readonly retryAfterMs: number;
    };

/** A model that some worker of a pool can run, or could when it was last here. */
export interface PoolModel {
  readonly id: string;
  /** SHA-256 of its weights; null = not read yet. */
  readonly sha256: string | null;
  readonly kinds: readonly Job['kind'][];
  /** Whether a worker that has it is connected now. */
  readonly isOnline: boolean;
}

/** How a pool fares, for readiness and for whatever scales it. */
export interface PoolHealth {
  readonly queued: number;
  /** How long the oldest queued job has waited; 0 = none waits. */
  readonly oldestWaitMs: number;
  readonly slots: number;
  readonly busySlots: number;
  readonly workers: number;
}

export interface JobPools {
  /** Hands a job over; saying it twice is saying it once. */
  enqueue(pool: string, order: JobOrder): Promise<Enqueued>;
  /** Stops a job as soon as its worker can; without effect on one that has ended. */
  cancel(pool: string, jobId: JobId): Promise<void>;
  /** How far jobs are; those that the pool does not know (any more) are left out. */
  progress(pool: string, jobIds: readonly JobId[]): Promise<ReadonlyMap<string, JobProgress>>;
  /** Resolves once the job is no longer open in the books, or when the time is over. */
  waitForEnd(pool: string, jobId: JobId, timeoutMs: number): Promise<void>;
  /**
   * The job's events as a stream of server-sent events, which ends after the job's last one.
   * @param afterEventId go on behind this one; undefined = from what is known now
   */
  events(pool: string, jobId: JobId, afterEventId: number | undefined): Promise<ReadableStream<Uint8Array>>;
  models(pool: string): Promise<readonly PoolModel[]>;
  health(pool: string): Promise<PoolHealth>;
  /** Tells a worker to finish and stop. */
  drain(pool: string, workerId: string): Promise<void>;
}
