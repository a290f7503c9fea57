// Whether and when a process that ended by itself is started again.

/** How a process ended. */
export interface Ending {
  /** Exit status; null = a signal ended it. */
  readonly code: number | null;
  readonly livedMs: number;
}

/** What follows an ending; `failures` counts the short lives in a row. */
export type Restart =
  | { readonly kind: 'restart'; readonly delayMs: number; readonly failures: number }
  | { readonly kind: 'give-up' };

/** Exit status of a process that its environment or its words do not suit: it would end the same way again. */
const wrongUsage = 2;
/** A process that lived as long had started well. */
const goodLifeMs = 10_000;
const firstMs = 200;
const longestMs = 10_000;
const maxFailures = 4;

/** Restarts with waits that double while lives stay short; gives up when they stay so, or when it cannot help. */
export function nextRestart({ code, livedMs }: Ending, failuresBefore: number): Restart {
  const failures = livedMs >= goodLifeMs ? 0 : failuresBefore + 1;
  if (code === wrongUsage || failures > maxFailures) return { kind: 'give-up' };
  return { kind: 'restart', delayMs: Math.min(longestMs, firstMs * 2 ** failures), failures };
}
