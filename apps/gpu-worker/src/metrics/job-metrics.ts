// What the jobs of this process add up to.
import type { JobKind } from '@darkroom/shared/contracts/job-request';
import { type Family, prometheusText, type Sample, single } from './prometheus.ts';

/** How a job left the worker. */
export type Outcome = 'done' | 'fail' | 'canceled' | 'released' | 'dropped';

/** Upper bounds of the buckets of a job's time, in seconds. */
const bucketSeconds = [0.5, 1, 2, 5, 10, 30, 60, 300] as const;

/** The state of the worker at the moment that its figures are read. */
export interface WorkerGauges {
  readonly slots: number;
  readonly busySlots: number;
  readonly modelBytes: number;
}

/** Counts jobs, steps and time. */
export class JobMetrics {
  readonly #jobs = new Map<string, { kind: JobKind; outcome: Outcome; count: number }>();
  readonly #atMost: number[] = bucketSeconds.map(() => 0);
  #timed = 0;
  #seconds = 0;
  #loadSeconds = 0;
  #steps = 0;

  countStep(): void {
    this.#steps += 1;
  }

  countEnd(kind: JobKind, outcome: Outcome): void {
    const key = `${kind} ${outcome}`;
    const row = this.#jobs.get(key) ?? { kind, outcome, count: 0 };
    row.count += 1;
    this.#jobs.set(key, row);
  }

  /** Adds the time that a finished job took. */
  time({ computeMs, loadMs }: { readonly computeMs: number; readonly loadMs: number }): void {
    const seconds = computeMs / 1000;
    bucketSeconds.forEach((bound, i) => {
      if (seconds <= bound) this.#atMost[i] = (this.#atMost[i] as number) + 1;
    });
    this.#timed += 1;
    this.#seconds += seconds;
    this.#loadSeconds += loadMs / 1000;
  }

  /** Everything as Prometheus text. */
  text({ slots, busySlots, modelBytes }: WorkerGauges): string {
    return prometheusText([
      single('gauge', 'darkroom_worker_slots', 'Jobs that can run at once.', slots),
      single('gauge', 'darkroom_worker_slots_busy', 'Jobs that run now.', busySlots),
      single('gauge', 'darkroom_worker_model_bytes', 'Bytes of models in memory.', modelBytes),
      this.#jobFamily(),
      single('counter', 'darkroom_worker_steps_total', 'Denoising steps done.', this.#steps),
      single(
        'counter',
        'darkroom_worker_load_seconds_total',
        'Time spent loading models.',
        this.#loadSeconds,
      ),
      this.#timeFamily(),
    ]);
  }

  #jobFamily(): Family {
    const name = 'darkroom_worker_jobs_total';
    const samples = [...this.#jobs.values()].map(({ kind, outcome, count }) => ({
      name,
      labels: { kind, outcome },
      value: count,
    }));
    return { name, type: 'counter', help: 'Jobs by kind and by how they ended here.', samples };
  }

  #timeFamily(): Family {
    const name = 'darkroom_worker_job_seconds';
    const buckets: Sample[] = bucketSeconds.map((bound, i) => ({
      name: `${name}_bucket`,
      labels: { le: String(bound) },
      value: this.#atMost[i] as number,
    }));
    const samples = [
      ...buckets,
      { name: `${name}_bucket`, labels: { le: '+Inf' }, value: this.#timed },
      { name: `${name}_sum`, value: this.#seconds },
      { name: `${name}_count`, value: this.#timed },
    ];
    return { name, type: 'histogram', help: 'Time of finished jobs, without loading models.', samples };
  }
}
