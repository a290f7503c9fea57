// What is killed when: drawn from a seed, so that a run can be repeated.
import { Random } from '../support/random.ts';

/** What a kill hits: a worker's process, the edge's server with its runtime, or a worker's socket. */
export type KillTarget = 'worker' | 'edge' | 'socket';

/** One kill. */
export interface Kill {
  /** From the start of the run. */
  readonly atMs: number;
  readonly target: KillTarget;
  /** Which worker, from 0; of no meaning for the edge. */
  readonly worker: number;
}

/** What a schedule depends on. */
export interface ScheduleOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly workers: number;
}

const shortestGapMs = 500;
const longestGapMs = 2_000;
/** The edge takes some seconds to start: killed all the time, it would never serve. */
const edgeRestMs = 10_000;
const edgeShare = 0.2;
const workerShare = 0.45;

/** Kills at random times 0.5 to 2 s apart. */
export function killSchedule({ seed, durationMs, workers }: ScheduleOptions): Kill[] {
  const random = new Random(seed);
  const kills: Kill[] = [];
  let edgeAtMs = Number.NEGATIVE_INFINITY;
  for (let atMs = gapMs(random); atMs < durationMs; atMs += gapMs(random)) {
    const mayHitEdge = atMs - edgeAtMs >= edgeRestMs;
    const target = drawTarget(random.uniform(), mayHitEdge);
    if (target === 'edge') edgeAtMs = atMs;
    kills.push({ atMs, target, worker: Math.floor(random.uniform() * workers) });
  }
  return kills;
}

function gapMs(random: Random): number {
  return Math.round(shortestGapMs + random.uniform() * (longestGapMs - shortestGapMs));
}

function drawTarget(chance: number, mayHitEdge: boolean): KillTarget {
  if (chance < workerShare) return 'worker';
  return mayHitEdge && chance >= 1 - edgeShare ? 'edge' : 'socket';
}
