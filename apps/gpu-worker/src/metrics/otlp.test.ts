import { expect, it } from 'vitest';
import { Counter } from './counter.ts';
import { single } from './family.ts';
import { Histogram } from './histogram.ts';
import { otlpMetrics } from './otlp.ts';

const startMs = 1_700_000_000_000;
const moment = { resource: { 'service.name': 'darkroom-worker' }, startMs, nowMs: startMs + 1_500 };
const times = { startTimeUnixNano: '1700000000000000000', timeUnixNano: '1700000001500000000' };

/** What is told of some families, without what is around it. */
function metricsOf(...families: Parameters<typeof otlpMetrics>[0][number][]): unknown {
  const body = otlpMetrics(families, moment) as {
    resourceMetrics: [{ scopeMetrics: [{ metrics: unknown }] }];
  };
  return body.resourceMetrics[0].scopeMetrics[0].metrics;
}

it('says of which process the figures are', () => {
  expect(otlpMetrics([], moment)).toEqual({
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'darkroom-worker' } }] },
        scopeMetrics: [{ scope: { name: 'darkroom' }, metrics: [] }],
      },
    ],
  });
});

it('tells a gauge as it is', () => {
  expect(metricsOf(single('gauge', 'model_bytes', 'Bytes.', 12))).toEqual([
    {
      name: 'model_bytes',
      description: 'Bytes.',
      unit: 'By',
      gauge: { dataPoints: [{ attributes: [], ...times, asDouble: 12 }] },
    },
  ]);
});

it('tells a counter as a sum since the start, apart by its labels', () => {
  const jobs = new Counter();
  jobs.add({ kind: 'edit' });
  jobs.add({ kind: 'edit' });
  jobs.add({ kind: 'inpaint' });
  const point = (kind: string, asDouble: number) => ({
    attributes: [{ key: 'kind', value: { stringValue: kind } }],
    ...times,
    asDouble,
  });
  expect(metricsOf(jobs.family('jobs_total', 'Jobs.'))).toEqual([
    {
      name: 'jobs_total',
      description: 'Jobs.',
      unit: '1',
      sum: {
        aggregationTemporality: 2,
        isMonotonic: true,
        dataPoints: [point('edit', 2), point('inpaint', 1)],
      },
    },
  ]);
});

it('tells a histogram with each bucket’s own count, counts as strings', () => {
  const seconds = new Histogram([0.5, 1]);
  for (const value of [0.5, 0.25, 1, 4]) seconds.observe(value);
  expect(metricsOf(seconds.family('job_seconds', 'Time.'))).toEqual([
    {
      name: 'job_seconds',
      description: 'Time.',
      unit: 's',
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [
          {
            attributes: [],
            ...times,
            count: '4',
            sum: 5.75,
            bucketCounts: ['2', '1', '1'],
            explicitBounds: [0.5, 1],
          },
        ],
      },
    },
  ]);
});

it('leaves out families that have no figures yet', () => {
  expect(metricsOf(new Counter().family('jobs_total', 'Jobs.'))).toEqual([]);
});
