import { expect, it } from 'vitest';
import { JobMetrics } from './job-metrics.ts';
import { prometheusText } from './prometheus.ts';
import type { WorkerGauges } from './worker-gauges.ts';

const gauges: WorkerGauges = {
  slots: 2,
  busySlots: 1,
  isDraining: true,
  models: { resident: 1, bytes: 12, budgetBytes: 99, hits: 7, misses: 3, evictions: 2 },
  decoders: { running: 1, started: 4 },
};

const linesOf = (metrics: JobMetrics) => prometheusText(metrics.families(gauges)).split('\n');

it('counts jobs by kind and end, failures by code, offers given back by reason, and steps', () => {
  const metrics = new JobMetrics();
  metrics.countStep();
  metrics.countStep();
  metrics.countEnd('edit', 'done');
  metrics.countEnd('edit', 'done');
  metrics.countEnd('edit', 'fail');
  metrics.countFailure('image_corrupt');
  metrics.countRefusal('busy');
  expect(linesOf(metrics)).toEqual(
    expect.arrayContaining([
      'darkroom_worker_jobs_total{kind="edit",outcome="done"} 2',
      'darkroom_worker_jobs_total{kind="edit",outcome="fail"} 1',
      'darkroom_worker_failures_total{code="image_corrupt"} 1',
      'darkroom_worker_refusals_total{reason="busy"} 1',
      'darkroom_worker_steps_total 2',
    ]),
  );
});

it('tells the time of jobs by kind, and by stage, of which the kernel has what the others leave', () => {
  const metrics = new JobMetrics();
  const stages = { read: 100, decode: 40, store: 60 };
  metrics.time('edit', { metrics: { computeMs: 700, loadMs: 500 }, stages });
  metrics.time('edit', { metrics: { computeMs: 4_700, loadMs: 0 }, stages });
  expect(linesOf(metrics)).toEqual(
    expect.arrayContaining([
      'darkroom_worker_job_seconds_bucket{kind="edit",le="0.5"} 0',
      'darkroom_worker_job_seconds_bucket{kind="edit",le="1"} 1',
      'darkroom_worker_job_seconds_bucket{kind="edit",le="+Inf"} 2',
      'darkroom_worker_job_seconds_sum{kind="edit"} 5.4',
      'darkroom_worker_job_seconds_count{kind="edit"} 2',
      'darkroom_worker_stage_seconds_sum{stage="load"} 0.5',
      'darkroom_worker_stage_seconds_sum{stage="read"} 0.2',
      'darkroom_worker_stage_seconds_bucket{stage="decode",le="0.05"} 2',
      'darkroom_worker_stage_seconds_sum{stage="run"} 5',
      'darkroom_worker_stage_seconds_count{stage="store"} 2',
    ]),
  );
});

it('tells what the worker has and holds', () => {
  expect(linesOf(new JobMetrics())).toEqual(
    expect.arrayContaining([
      'darkroom_worker_slots 2',
      'darkroom_worker_slots_busy 1',
      'darkroom_worker_draining 1',
      'darkroom_worker_models_resident 1',
      'darkroom_worker_model_bytes 12',
      'darkroom_worker_model_budget_bytes 99',
      'darkroom_worker_model_hits_total 7',
      'darkroom_worker_model_misses_total 3',
      'darkroom_worker_model_evictions_total 2',
      'darkroom_worker_decoders 1',
      'darkroom_worker_decoder_starts_total 4',
    ]),
  );
});

it('gives every family a name by which tools know its kind', () => {
  const metrics = new JobMetrics();
  for (const { name, type } of metrics.families(gauges)) {
    expect(name).toMatch(/^darkroom_worker_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
  }
});

it('keeps a snapshot as it was', () => {
  const metrics = new JobMetrics();
  metrics.countEnd('edit', 'done');
  metrics.time('edit', { metrics: { computeMs: 1, loadMs: 0 }, stages: { read: 0, decode: 0, store: 0 } });
  const before = metrics.families(gauges);
  const text = prometheusText(before);
  metrics.countEnd('edit', 'done');
  metrics.time('edit', { metrics: { computeMs: 1, loadMs: 0 }, stages: { read: 0, decode: 0, store: 0 } });
  expect(prometheusText(before)).toBe(text);
});

it('escapes what would end a label', () => {
  const series = [{ labels: { path: 'a"b\\c\nd' }, value: 1 }];
  const text = prometheusText([{ name: 'x', type: 'gauge', help: 'X.', series }]);
  expect(text).toBe('# HELP x X.\n# TYPE x gauge\nx{path="a\\"b\\\\c\\nd"} 1\n');
});
