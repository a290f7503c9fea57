// Sends requests and measures how long their answers take.
import { setTimeout as wait } from 'node:timers/promises';

/** How fast something was answered. */
export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** How much is asked at once, and for how long; both limits end it. */
export interface ClosedLoop {
  readonly lanes: number;
  readonly durationMs: number;
  /** Absent = as many as fit. */
  readonly count?: number;
}

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Asks in lanes, each of which asks again as soon as it has its answer. */
export async function closedLoop(
  ask: () => Promise<unknown>,
  { lanes, durationMs, count = Number.POSITIVE_INFINITY }: ClosedLoop,
): Promise<Load> {
  const tookMs: number[] = [];
  const startedAt = performance.now();
  let asked = 0;
  const walk = async () => {
    while (asked < count && performance.now() - startedAt < durationMs) {
      asked += 1;
      const askedAt = performance.now();
      await ask();
      tookMs.push(performance.now() - askedAt);
    }
  };
  await Promise.all(Array.from({ length: lanes }, walk));
  const seconds = (performance.now() - startedAt) / 1000;
  return loadOf(tookMs, seconds);
}

/** How often is asked, and what bounds it. */
export interface OpenLoop {
  readonly perSecond: number;
  readonly durationMs: number;
  /** With so many answers outstanding it is not kept up. */
  readonly maxOpen: number;
}

/** Asks at a steady pace, however long the answers take. @returns how often a second it was asked in fact */
export async function openLoop(
  ask: () => Promise<unknown>,
  { perSecond, durationMs, maxOpen }: OpenLoop,
): Promise<number> {
  const open = new Set<Promise<unknown>>();
  const faults: unknown[] = [];
  const startedAt = performance.now();
  let asked = 0;
  for (let passedMs = 0; passedMs < durationMs; passedMs = performance.now() - startedAt) {
    const due = Math.ceil((passedMs * perSecond) / 1000);
    while (asked < due && open.size < maxOpen) {
      asked += 1;
      const answer = ask()
        .catch((fault: unknown) => faults.push(fault))
        .finally(() => open.delete(answer));
      open.add(answer);
    }
    await wait(1);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await Promise.all(open);
  if (faults.length > 0) throw faults[0];
  return asked / seconds;
}

export function loadOf(tookMs: readonly number[], seconds: number): Load {
  return {
    perSecond: tookMs.length / seconds,
    p50Ms: quantile(tookMs, 0.5),
    p99Ms: quantile(tookMs, 0.99),
  };
}

/** The middle of each figure. */
export function medianLoad(loads: readonly Load[]): Load {
  const middle = (name: keyof Load) =>
    quantile(
      loads.map((load) => load[name]),
      0.5,
    );
  return { perSecond: middle('perSecond'), p50Ms: middle('p50Ms'), p99Ms: middle('p99Ms') };
}
