import { expect, test } from 'vitest';
import { JobResult, ResultSummary, summaryOf } from './job-result.ts';

const rle = { size: [2, 2] as [number, number], counts: [1, 3] };

test('a summary leaves out masks, and tells how many things it leaves out', () => {
  const detection = { label: 'dog', score: 0.5, box: [0, 0, 2, 2] as [number, number, number, number], rle };
  const result = JobResult.parse({
    kind: 'detect',
    detections: Array.from({ length: 120 }, () => detection),
    unknownQueries: ['quasar'],
    omitted: 3,
  });
  const summary = ResultSummary.parse(summaryOf(result));
  const { rle: _, ...short } = detection;
  expect(summary).toEqual({
    kind: 'detect',
    detections: Array.from({ length: 100 }, () => short),
    unknownQueries: ['quasar'],
    omitted: 23,
  });
});
