/** A pool with a clock of its own, for tests. */
import type {
  BeatFrame,
  DoneFrame,
  FailFrame,
  HelloFrame,
  LeaseRef,
  WorkerFrame,
} from '@darkroom/shared/contracts/frames';
import { type JobId, makeId } from '@darkroom/shared/ids';
import { advance } from './lease.ts';
import type { Effect, PoolEvent } from './pool-event.ts';
import { applyChanges, emptyPool, type JobFacts, type JobRow, type JobSpec, type Pool } from './pool-rows.ts';

export const startMs = 1_700_000_000_000;

export class TestPool {
  pool: Pool;
  nowMs: number = startMs;
  alarmAtMs: number = Number.POSITIVE_INFINITY;

  constructor(limits?: Pool['limits']) {
    this.pool = emptyPool(limits);
  }

  /** Gives the pool an event; returns what it asks for. */
  take(event: PoolEvent): readonly Effect[] {
    const { changes, effects, alarmAtMs } = advance(this.pool, event, this.nowMs);
    this.pool = applyChanges(this.pool, changes);
    this.alarmAtMs = alarmAtMs;
    return effects;
  }

  frame(workerId: string, frame: WorkerFrame): readonly Effect[] {
    return this.take({ type: 'frame', workerId, frame });
  }

  /** Lets time pass, with an alarm whenever the pool wanted one. */
  pass(durationMs: number): Effect[] {
    const effects: Effect[] = [];
    const endMs = this.nowMs + durationMs;
    while (this.alarmAtMs <= endMs) {
      this.nowMs = Math.max(this.nowMs, this.alarmAtMs);
      effects.push(...this.take({ type: 'alarm' }));
    }
    this.nowMs = endMs;
    return effects;
  }

  /** A worker says hello and has room. */
  join(
    workerId: string,
    { freeSlots = 1, resident = [] as string[], ...hello }: Joining = {},
  ): readonly Effect[] {
    const greeted = this.frame(workerId, helloOf(workerId, { slots: Math.max(freeSlots, 1), ...hello }));
    return [...greeted, ...this.frame(workerId, { type: 'ready', freeSlots, resident })];
  }

  enqueue(index: number, spec: Partial<JobSpec> = {}): readonly Effect[] {
    return this.take({ type: 'enqueue', job: specOf(index, this.nowMs, spec) });
  }

  job(index: number): JobRow | undefined {
    return this.pool.jobs.get(jobIdOf(index));
  }
}

type Joining = Partial<HelloFrame> & { readonly freeSlots?: number; readonly resident?: string[] };

export function jobIdOf(index: number): JobId {
  return makeId(
    'job',
    startMs,
    Uint8Array.from({ length: 10 }, (_, i) => (i === 9 ? index % 256 : index >> 8)),
  );
}

export function specOf(index: number, nowMs: number, spec: Partial<JobSpec> = {}): JobSpec {
  return {
    id: jobIdOf(index),
    projectId: 'alpha',
    priority: 'interactive',
    model: 'sketch',
    costMs: 4_000,
    deadlineAtMs: nowMs + 600_000,
    ...spec,
  };
}

export function bootIdOf(boot: number): string {
  return `00000000-0000-4000-8000-${String(boot).padStart(12, '0')}`;
}

export function helloOf(workerId: string, hello: Partial<HelloFrame> = {}): HelloFrame {
  return {
    type: 'hello',
    version: 1,
    workerId,
    bootId: bootIdOf(1),
    pool: 'edit',
    device: 'CPU',
    memoryMb: 4_096,
    slots: 1,
    models: ['sketch', 'paint'].map((id) => ({ id, sha256: null, kinds: ['edit'] })),
    leases: [],
    ...hello,
  };
}

export function leaseOn({ id, fence }: Pick<JobFacts, 'id' | 'fence'>): LeaseRef {
  return { jobId: id, fence };
}

export function doneOf(lease: LeaseRef, steps = 12): DoneFrame {
  const sha256 = '0'.repeat(64);
  const key = `out/${lease.jobId}/${lease.fence}/0.png`;
  return {
    type: 'done',
    ...lease,
    outputs: [{ key, sha256, sizeBytes: 9, mime: 'image/png', width: 64, height: 64 }],
    model: { id: 'sketch', sha256 },
    metrics: { computeMs: 800, loadMs: 0, peakMemoryMb: 0, steps },
  };
}

export function beatOf(leases: readonly LeaseRef[], step = 1): BeatFrame {
  return { type: 'beat', leases: leases.map((lease) => ({ ...lease, step, steps: 12, etaMs: null })) };
}

/** The effects of one type. */
export function only<T extends Effect['type']>(
  effects: readonly Effect[],
  type: T,
): Extract<Effect, { readonly type: T }>[] {
  return effects.filter((effect): effect is Extract<Effect, { readonly type: T }> => effect.type === type);
}

/** Offers, with what the worker will know of the job. */
export function offersIn(effects: readonly Effect[]): { workerId: string; job: JobFacts }[] {
  return only(effects, 'offer');
}

/** Outcomes as they go into the books. */
export function outcomesIn(effects: readonly Effect[]): unknown[] {
  return only(effects, 'settle').map(({ job }) => job.outcome);
}

export function failOf(lease: LeaseRef, fail: Partial<FailFrame> = {}): FailFrame {
  const reason = { class: 'retryable', code: 'internal', detail: 'it broke' } as const;
  return { type: 'fail', ...reason, stepsDone: 3, ...lease, ...fail };
}

/** A pool in which worker `a` runs job 0. */
export function runningPool(): { readonly pool: TestPool; readonly lease: LeaseRef } {
  const pool = new TestPool();
  pool.join('a');
  const [offer] = offersIn(pool.enqueue(0));
  const lease = leaseOn(offer!.job);
  pool.frame('a', { type: 'accept', ...lease });
  return { pool, lease };
}
