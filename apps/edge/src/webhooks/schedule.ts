/** When a delivery is tried again: soon at first, then ever more seldom, for a little over three days. */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Waits before each attempt after the first, which is made at once. */
const waitsMs = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** Attempts of one delivery in all. */
export const maxAttempts: number = waitsMs.length + 1;

/** The share of a wait that chance adds to it, at most, so that what failed together is not tried together. */
const jitter = 0.1;

/**
 * When the next attempt follows; null = none does.
 *
 * @param attempts attempts so far, from 1 on
 * @param chance drawn from 0 to 1
 */
export function nextAttemptAtMs(attempts: number, nowMs: number, chance: number): number | null {
  const waitMs = waitsMs[attempts - 1];
  return waitMs === undefined ? null : nowMs + Math.round(waitMs * (1 + jitter * chance));
}
