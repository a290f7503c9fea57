/** Waits; rejects with the signal's reason when it is aborted meanwhile. */
export type Sleep = (durationMs: number, signal: AbortSignal) => Promise<void>;

/** When a failed attempt is made again. */
export interface RetryPlan {
  /** Attempts after the first. */
  readonly retries: number;
  /** Wait before the first repetition; each later one takes four times as long. */
  readonly firstWaitMs: number;
  /** No wait is longer. */
  readonly longestWaitMs: number;
  readonly isWorthRetrying: (error: unknown) => boolean;
  readonly sleep: Sleep;
  readonly signal: AbortSignal;
}

/** Runs an attempt until it succeeds, cannot, or was repeated often enough; then its last error is thrown. */
export async function withRetries<T>(attempt: () => Promise<T>, plan: RetryPlan): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      plan.signal.throwIfAborted();
      if (failures === plan.retries || !plan.isWorthRetrying(error)) throw error;
    }
    await plan.sleep(Math.min(plan.firstWaitMs * 4 ** failures, plan.longestWaitMs), plan.signal);
  }
}
