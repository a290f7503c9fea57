/** How the worker is, in one word. */
export type HealthWord = 'starting' | 'ready' | 'busy' | 'draining' | 'disconnected' | 'stuck';

/** What health is judged by. */
export interface Vitals {
  readonly isConnected: boolean;
  /** Whether there ever was a connection. */
  readonly wasConnected: boolean;
  readonly isDraining: boolean;
  /** When the jobs that run must have ended, in milliseconds since 1970. */
  readonly deadlinesAtMs: readonly number[];
  readonly slots: number;
}

/** A step takes long on a slow processor, but not so long past the job's deadline. */
const stuckAfterMs = 60_000;

/** How a worker with these vitals is. A pool that is away is no reason to restart it, a job that cannot end is. */
export function healthOf(vitals: Vitals, nowMs: number): HealthWord {
  const { isConnected, wasConnected, isDraining, deadlinesAtMs, slots } = vitals;
  if (deadlinesAtMs.some((deadline) => nowMs > deadline + stuckAfterMs)) return 'stuck';
  if (isDraining) return 'draining';
  if (!isConnected) return wasConnected ? 'disconnected' : 'starting';
  return deadlinesAtMs.length >= slots ? 'busy' : 'ready';
}

/** Status of the answer: only what a restart would cure is an error. */
export function healthStatus(word: HealthWord): 200 | 503 {
  return word === 'stuck' ? 503 : 200;
}
