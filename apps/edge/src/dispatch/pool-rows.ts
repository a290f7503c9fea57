/** What a pool remembers: one row per job, worker and project, and a tombstone per job that is over. */
import type { CheckpointFrame, DoneFrame, FailDetails } from '@darkroom/shared/contracts/frames';
import type { ErrorCode } from '@darkroom/shared/errors';
import type { JobId } from '@darkroom/shared/ids';

/** What the pool has to know of a job; its contract stays with whoever writes the offer. */
export interface JobSpec {
  readonly id: JobId;
  readonly projectId: string;
  readonly priority: 'interactive' | 'batch';
  /** Model that a worker needs, its adapter included; workers that have it in memory start at once. */
  readonly model: string;
  /** Expected time on one slot: what fairness and waiting times count in. */
  readonly costMs: number;
  /** When it must have ended; it expires unbilled. */
  readonly deadlineAtMs: number;
}

export interface JobFacts extends JobSpec {
  readonly enqueuedAtMs: number;
  /** Of the latest offer, 0 before the first; only its holder may end the job. */
  readonly fence: number;
  /** Offers that count: not those that a worker gave back. */
  readonly attempts: number;
  /** Workers that were lost while they held the job. */
  readonly deaths: number;
  /** A worker ran out of memory over it: the next one uses less. */
  readonly isSmaller: boolean;
  /** Workers on which it failed. */
  readonly tried: readonly string[];
  /** From where the next worker goes on. */
  readonly checkpoint: Pick<CheckpointFrame, 'key' | 'step'> | null;
}

export interface QueuedJob {
  readonly facts: JobFacts;
  readonly state: 'queued';
  readonly notBeforeMs: number;
  /** The worker whose lease ran out; until the next offer it may still come back with the result. */
  readonly holder: string | null;
}

export interface LeasedJob {
  readonly facts: JobFacts;
  /** `starting` until the worker accepts. */
  readonly state: 'starting' | 'running';
  readonly holder: string;
  readonly leaseEndsAtMs: number;
  /** It got more time because the pool may have been away, and its worker has not been heard since. */
  readonly isLengthened: boolean;
  readonly progress: { readonly step: number; readonly steps: number; readonly etaMs: number | null };
  /** How it shall end, once its worker was told to stop; its lease is not renewed any more. */
  readonly stopping: 'canceled' | 'expired' | null;
}

/** How a job ended and what its bill needs; a job has exactly one. */
export type Outcome = { readonly fence: number; readonly stepsDone: number } & (
  | {
      readonly state: 'succeeded';
      readonly result: Pick<DoneFrame, 'outputs' | 'result' | 'model' | 'metrics'>;
    }
  | {
      readonly state: 'failed';
      readonly code: ErrorCode;
      readonly detail: string;
      readonly details?: FailDetails | undefined;
    }
  | { readonly state: 'canceled' | 'expired' }
);

/** A job whose outcome is decided but not yet known to be in the books. */
export interface EndedJob {
  readonly facts: JobFacts;
  readonly state: Outcome['state'];
  readonly outcome: Outcome;
  readonly settleAgainAtMs: number;
}

/** A job whose end is not decided. */
export type LiveJob = QueuedJob | LeasedJob;
export type JobRow = LiveJob | EndedJob;

export interface WorkerRow {
  readonly id: string;
  readonly bootId: string;
  /** False = it gets nothing until it says hello again. */
  readonly isConnected: boolean;
  readonly slots: number;
  /** Offers that it still takes. */
  readonly credit: number;
  readonly models: readonly string[];
  readonly resident: readonly string[];
  /** It is about to stop: it finishes or gives back what it has, and gets nothing more. */
  readonly isDraining: boolean;
}

/** What a project was given ahead of the others. */
export interface ProjectRow {
  readonly id: string;
  readonly debtMs: number;
}

/** What remains of a settled job, to answer reports that come twice. */
export interface Tombstone {
  readonly state: Outcome['state'];
  readonly fence: number;
  readonly settledAtMs: number;
}

/** The tables of a pool, by id. */
export interface PoolTables {
  readonly jobs: JobRow;
  readonly workers: WorkerRow;
  readonly projects: ProjectRow;
  readonly tombstones: Tombstone;
}

export type Pool = { readonly [T in keyof PoolTables]: ReadonlyMap<string, PoolTables[T]> } & {
  readonly limits: { readonly queued: number; readonly queuedPerProject: number };
};

/** What a turn wrote; undefined = the row is gone. */
export type Changes = {
  readonly [T in keyof PoolTables]: ReadonlyMap<string, PoolTables[T] | undefined>;
};

/** A pool without jobs and workers. */
export function emptyPool(limits: Pool['limits'] = { queued: 2_000, queuedPerProject: 1_000 }): Pool {
  return { jobs: new Map(), workers: new Map(), projects: new Map(), tombstones: new Map(), limits };
}

function merged<Row>(
  rows: ReadonlyMap<string, Row>,
  changes: ReadonlyMap<string, Row | undefined>,
): ReadonlyMap<string, Row> {
  if (changes.size === 0) return rows;
  const result = new Map(rows);
  for (const [id, row] of changes) {
    if (row === undefined) result.delete(id);
    else result.set(id, row);
  }
  return result;
}

/** The pool after a turn; the one before stays as it was. */
export function applyChanges(pool: Pool, changes: Changes): Pool {
  return {
    jobs: merged(pool.jobs, changes.jobs),
    workers: merged(pool.workers, changes.workers),
    projects: merged(pool.projects, changes.projects),
    tombstones: merged(pool.tombstones, changes.tombstones),
    limits: pool.limits,
  };
}

export const isQueued = (row: JobRow): row is QueuedJob => row.state === 'queued';
export const isLeased = (row: JobRow): row is LeasedJob =>
  row.state === 'starting' || row.state === 'running';
export const isLive = (row: JobRow): row is LiveJob => !isEnded(row);
export const isEnded = (row: JobRow): row is EndedJob => 'outcome' in row;
