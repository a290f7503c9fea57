import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { closedLoop, medianLoad, openLoop, quantile } from '../../bench/edge/load.ts';

it('takes quantiles of values in any order', () => {
  const values = Array.from({ length: 100 }, (_, i) => (i * 37) % 100);
  expect([quantile(values, 0), quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual([
    0, 50, 99, 99,
  ]);
  expect(quantile([], 0.5)).toBeNaN();
});

it('never asks more at once than it has lanes, and stops at the count', async () => {
  let open = 0;
  let most = 0;
  let asked = 0;
  const ask = async () => {
    open += 1;
    asked += 1;
    most = Math.max(most, open);
    await wait(2);
    open -= 1;
  };
  const load = await closedLoop(ask, { lanes: 4, durationMs: 60_000, count: 50 });
  expect([most, asked]).toEqual([4, 50]);
  expect(load.p99Ms).toBeGreaterThanOrEqual(load.p50Ms);
});

it('asks on at its pace while answers are outstanding, but not without end', async () => {
  let open = 0;
  let most = 0;
  const ask = async () => {
    open += 1;
    most = Math.max(most, open);
    await wait(150);
    open -= 1;
  };
  const reached = await openLoop(ask, { perSecond: 2_000, durationMs: 300, maxOpen: 20 });
  expect([open, most]).toEqual([0, 20]);
  expect(reached).toBeLessThan(500);
});

it('fails when an answer does', async () => {
  const ask = async () => {
    throw new Error('refused');
  };
  await expect(openLoop(ask, { perSecond: 100, durationMs: 50, maxOpen: 9 })).rejects.toThrow('refused');
});

it('takes the middle of each figure by itself', () => {
  const loads = [1, 2, 3].map((n) => ({ perSecond: n, p50Ms: 4 - n, p99Ms: 10 * n }));
  expect(medianLoad(loads)).toEqual({ perSecond: 2, p50Ms: 2, p99Ms: 20 });
});
