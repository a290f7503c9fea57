import { describe, expect, test } from 'vitest';
import { addCounts, countsOfPhoto, judgeDetections, precisionOf, recallOf } from './detect-quality.ts';

const dog = { label: 'dog', box: [0, 0, 100, 100] } as const;
const cat = { label: 'cat', box: [200, 0, 300, 100] } as const;
const people = { label: 'person', box: [0, 200, 400, 300], crowd: true } as const;

describe('detections', () => {
  test('find a thing of their label that they overlap by half', () => {
    const found = [
      { label: 'dog', score: 0.9, box: [0, 0, 100, 60] },
      { label: 'dog', score: 0.8, box: [200, 0, 300, 100] },
      { label: 'cat', score: 0.7, box: [200, 0, 300, 40] },
    ] as const;
    const judged = judgeDetections(found, [dog, cat]);
    expect(judged.verdicts).toEqual(['hit', 'false', 'false']);
    expect(judged.missed).toEqual([cat]);
  });

  test('find each thing once, the surest first wherever it stands', () => {
    const found = [
      { label: 'dog', score: 0.4, box: [0, 0, 100, 100] },
      { label: 'dog', score: 0.6, box: [0, 0, 90, 100] },
    ] as const;
    expect(judgeDetections(found, [dog]).verdicts).toEqual(['false', 'hit']);
  });

  test('take the thing that they overlap most', () => {
    const near = { label: 'dog', box: [10, 0, 110, 100] } as const;
    const found = [
      { label: 'dog', score: 0.9, box: [9, 0, 109, 100] },
      { label: 'dog', score: 0.8, box: [0, 0, 100, 100] },
    ] as const;
    expect(judgeDetections(found, [dog, near]).verdicts).toEqual(['hit', 'hit']);
  });

  test('do not count in a crowd or a part that is ignored, unless they find a thing there', () => {
    const walker = { label: 'person', box: [0, 200, 40, 300] } as const;
    const found = [
      { label: 'person', score: 0.9, box: [0, 200, 40, 300] },
      { label: 'person', score: 0.8, box: [100, 190, 140, 300] },
      { label: 'person', score: 0.7, box: [100, 100, 140, 230] },
      { label: 'dog', score: 0.6, box: [100, 200, 140, 300] },
    ] as const;
    const { verdicts, missed } = judgeDetections(found, [people, walker]);
    expect(verdicts).toEqual(['hit', 'ignored', 'false', 'false']);
    expect(missed).toEqual([]);
  });
});

test('counts of a photo add up by label', () => {
  const found = [
    { label: 'dog', score: 0.9, box: [0, 0, 100, 100] },
    { label: 'dog', score: 0.8, box: [400, 0, 500, 100] },
  ] as const;
  const counts = countsOfPhoto(found, judgeDetections(found, [dog, cat, people]));
  expect([...counts]).toEqual([
    ['dog', { things: 1, hits: 1, falses: 1 }],
    ['cat', { things: 1, hits: 0, falses: 0 }],
  ]);
  const all = addCounts(counts.values());
  expect([precisionOf(all), recallOf(all)]).toEqual([0.5, 0.5]);
  expect([precisionOf(counts.get('cat')!), recallOf({ things: 0, hits: 0, falses: 2 })]).toEqual([
    undefined,
    undefined,
  ]);
});
