// What the jobs of this process add up to.
import type { DoneFrame, RejectFrame } from '@darkroom/shared/contracts/frames';
import type { JobKind } from '@darkroom/shared/contracts/job-request';
import type { ErrorCode } from '@darkroom/shared/errors';
import { Counter } from './counter.ts';
import { type Family, single } from './family.ts';
import { Histogram } from './histogram.ts';
import type { StageTimes } from './stage-clock.ts';
import { type WorkerGauges, workerFamilies } from './worker-gauges.ts';

/** How a job left the worker. */
export type Outcome = 'done' | 'fail' | 'canceled' | 'released' | 'dropped';

/** What a finished job took. */
export interface JobTimes {
  readonly metrics: Pick<DoneFrame['metrics'], 'computeMs' | 'loadMs'>;
  readonly stages: StageTimes;
}

/** Upper bounds of a job's time, in seconds. */
const jobSeconds = [0.5, 1, 2, 5, 10, 30, 60, 300];
/** Some stages take only milliseconds. */
const stageSeconds = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];

/** Counts jobs, steps and time. */
export class JobMetrics {
  readonly #jobs = new Counter();
  readonly #failures = new Counter();
  readonly #refusals = new Counter();
  readonly #seconds = new Histogram(jobSeconds);
  readonly #stages = new Histogram(stageSeconds);
  #steps = 0;

  countStep(): void {
    this.#steps += 1;
  }

  countEnd(kind: JobKind, outcome: Outcome): void {
    this.#jobs.add({ kind, outcome });
  }

  countFailure(code: ErrorCode): void {
    this.#failures.add({ code });
  }

  /** Counts an offer that was given back before it began. */
  countRefusal(reason: RejectFrame['reason']): void {
    this.#refusals.add({ reason });
  }

  /** Adds what a finished job took; the kernel's part is what the other stages leave of it. */
  time(kind: JobKind, { metrics: { computeMs, loadMs }, stages }: JobTimes): void {
    const { read, decode, store } = stages;
    const run = Math.max(0, computeMs - read - decode - store);
    this.#seconds.observe(computeMs / 1000, { kind });
    for (const [stage, ms] of Object.entries({ load: loadMs, read, decode, run, store }))
      this.#stages.observe(ms / 1000, { stage });
  }

  /** Everything as it stands now. */
  families(gauges: WorkerGauges): Family[] {
    return [
      ...workerFamilies(gauges),
      this.#jobs.family('darkroom_worker_jobs_total', 'Jobs by kind and by how they ended here.'),
      this.#failures.family('darkroom_worker_failures_total', 'Jobs that failed here, by the error’s code.'),
      this.#refusals.family('darkroom_worker_refusals_total', 'Offers that were given back, by reason.'),
      single('counter', 'darkroom_worker_steps_total', 'Denoising steps done.', this.#steps),
      this.#seconds.family('darkroom_worker_job_seconds', 'Time of finished jobs, without loading models.'),
      this.#stages.family('darkroom_worker_stage_seconds', 'Time of finished jobs by stage.'),
    ];
  }
}
