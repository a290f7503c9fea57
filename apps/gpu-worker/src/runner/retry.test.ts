import { expect, it } from 'vitest';
import { type RetryPlan, withRetries } from './retry.ts';

function plan(waits: number[], signal = new AbortController().signal): RetryPlan {
  return {
    retries: 2,
    firstWaitMs: 10,
    longestWaitMs: 100,
    isWorthRetrying: (error) => error !== 'hopeless',
    sleep: async (durationMs) => void waits.push(durationMs),
    signal,
  };
}

it('repeats with longer and longer waits until it succeeds', async () => {
  const waits: number[] = [];
  let attempts = 0;
  const attempt = async () => {
    attempts += 1;
    if (attempts < 3) throw new Error('not yet');
    return 'done';
  };
  expect(await withRetries(attempt, plan(waits))).toBe('done');
  expect(waits).toEqual([10, 40]);
});

it('throws the last error when it was repeated often enough, and a hopeless one at once', async () => {
  const waits: number[] = [];
  await expect(withRetries(() => Promise.reject('again'), plan(waits))).rejects.toBe('again');
  expect(waits).toEqual([10, 40]);
  await expect(withRetries(() => Promise.reject('hopeless'), plan(waits))).rejects.toBe('hopeless');
  expect(waits).toHaveLength(2);
});

it('waits no longer than it may', async () => {
  const waits: number[] = [];
  const patient = { ...plan(waits), retries: 4 };
  await expect(withRetries(() => Promise.reject('again'), patient)).rejects.toBe('again');
  expect(waits).toEqual([10, 40, 100, 100]);
});

it('throws the signal’s reason instead of an error after an abort', async () => {
  const controller = new AbortController();
  const attempt = async () => {
    controller.abort('stopped');
    throw new Error('aborted');
  };
  await expect(withRetries(attempt, plan([], controller.signal))).rejects.toBe('stopped');
});
