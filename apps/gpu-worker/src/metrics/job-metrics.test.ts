import { expect, it } from 'vitest';
import { JobMetrics } from './job-metrics.ts';
import { prometheusText } from './prometheus.ts';

it('counts jobs by kind and end, steps, and time in growing buckets', () => {
  const metrics = new JobMetrics();
  metrics.countStep();
  metrics.countStep();
  metrics.countEnd('edit', 'done');
  metrics.countEnd('edit', 'done');
  metrics.countEnd('edit', 'fail');
  metrics.time({ computeMs: 800, loadMs: 500 });
  metrics.time({ computeMs: 4_000, loadMs: 0 });
  const lines = metrics.text({ slots: 2, busySlots: 1, modelBytes: 12 }).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'darkroom_worker_slots 2',
      'darkroom_worker_slots_busy 1',
      'darkroom_worker_model_bytes 12',
      'darkroom_worker_jobs_total{kind="edit",outcome="done"} 2',
      'darkroom_worker_jobs_total{kind="edit",outcome="fail"} 1',
      'darkroom_worker_steps_total 2',
      'darkroom_worker_load_seconds_total 0.5',
      'darkroom_worker_job_seconds_bucket{le="0.5"} 0',
      'darkroom_worker_job_seconds_bucket{le="1"} 1',
      'darkroom_worker_job_seconds_bucket{le="5"} 2',
      'darkroom_worker_job_seconds_bucket{le="+Inf"} 2',
      'darkroom_worker_job_seconds_sum 4.8',
      'darkroom_worker_job_seconds_count 2',
    ]),
  );
});

it('escapes what would end a label', () => {
  const samples = [{ name: 'x', labels: { path: 'a"b\\c\nd' }, value: 1 }];
  const text = prometheusText([{ name: 'x', type: 'gauge', help: 'X.', samples }]);
  expect(text).toBe('# HELP x X.\n# TYPE x gauge\nx{path="a\\"b\\\\c\\nd"} 1\n');
});
