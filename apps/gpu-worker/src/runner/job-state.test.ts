import { expect, it } from 'vitest';
import { advanceJob, remainingMs, startedJob } from './job-state.ts';

it('knows no end before two steps', () => {
  expect(remainingMs(startedJob, 0)).toBeNull();
  expect(remainingMs(advanceJob(startedJob, { step: 1, steps: 4, pct: 25 }, 9_000), 9_500)).toBeNull();
});

it('expects the end at the speed since the first step, without what came before', () => {
  const first = advanceJob(startedJob, { step: 1, steps: 4, pct: 25 }, 60_000);
  const second = advanceJob(first, { step: 2, steps: 4, pct: 50 }, 61_000);
  expect(remainingMs(second, 61_000)).toBe(2_000);
  const last = advanceJob(second, { step: 4, steps: 4, pct: 100 }, 63_000);
  expect(remainingMs(last, 63_000)).toBe(0);
});
