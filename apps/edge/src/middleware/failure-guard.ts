import { AppError } from '@darkroom/shared/errors';
import type { RateCounter, RatePolicy } from './token-bucket.ts';

/** Failed authentications that one address may make. */
export const failurePolicy: RatePolicy = { name: 'failures', quota: 30, windowSeconds: 60 };

/** Addresses remembered at most; the one that was shut out first gives way. */
const maxAddresses = 10_000;

export interface FailureGuard {
  /** @throws AppError `rate_limited` while the address has no failure left */
  check(address: string): void;
  /**
   * Counts a failure.
   *
   * @throws AppError `rate_limited` when it was one too many, `dependency_unavailable` when it cannot be counted
   */
  count(address: string): Promise<void>;
}

function refusal(retryAfterSeconds: number): AppError {
  const message = `expected at most ${failurePolicy.quota} failed authentications a minute from one address`;
  return new AppError('rate_limited', {
    message,
    details: { policy: failurePolicy.name, retryAfterSeconds },
  });
}

/**
 * Slows down who tries keys. Only failures reach the counter, so honest requests pay nothing; an address that used
 * up its failures is refused from memory until it has one again, and costs no read.
 */
export function createFailureGuard(
  counter: RateCounter,
  { nowMs }: { readonly nowMs: () => number },
): FailureGuard {
  const shutUntilMs = new Map<string, number>();

  function shut(address: string, untilMs: number): void {
    const [eldest] = shutUntilMs.keys();
    if (shutUntilMs.size >= maxAddresses && eldest !== undefined) shutUntilMs.delete(eldest);
    shutUntilMs.set(address, untilMs);
  }

  return {
    check(address) {
      const leftMs = (shutUntilMs.get(address) ?? 0) - nowMs();
      if (leftMs > 0) throw refusal(Math.ceil(leftMs / 1000));
      shutUntilMs.delete(address);
    },
    async count(address) {
      const verdict = await counter.take(`failures:${address}`, failurePolicy).catch((cause: unknown) => {
        throw new AppError('dependency_unavailable', { cause });
      });
      if (verdict.isAllowed) return;
      shut(address, nowMs() + verdict.retryAfterSeconds * 1000);
      throw refusal(verdict.retryAfterSeconds);
    },
  };
}
