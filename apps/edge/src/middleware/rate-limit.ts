import { AppError } from '@darkroom/shared/errors';
import type { Context, MiddlewareHandler } from 'hono';
import type { Principal } from '../auth/principal.ts';
import type { AuthVariables } from './authenticate.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';
import type { RateCounter, RatePolicy, RateVerdict } from './token-bucket.ts';

export interface RateLimitDeps {
  readonly rateCounter: RateCounter;
}

const policyOf = ({ limits }: Principal): RatePolicy => ({
  name: 'default',
  quota: limits.requestsPerMinute,
  windowSeconds: 60,
});

function tell(c: Context, policy: RatePolicy, verdict: RateVerdict): void {
  for (const [name, value] of Object.entries(rateLimitHeaders(policy, verdict))) c.header(name, value);
}

/**
 * Lets a key, with all that replaced it and all tokens it minted, make so many requests a minute; stands after
 * `authenticate`. Every answer, errors too, tells how many are left.
 *
 * Throws `rate_limited` with the seconds to wait, `dependency_unavailable` when requests cannot be counted.
 */
export function rateLimit({ rateCounter }: RateLimitDeps): MiddlewareHandler<{ Variables: AuthVariables }> {
  return async function rateLimit(c, next) {
    const principal = c.get('principal');
    const policy = policyOf(principal);
    const verdict = await rateCounter.take(`key:${principal.identityId}`, policy).catch((cause: unknown) => {
      throw new AppError('dependency_unavailable', { cause });
    });
    if (!verdict.isAllowed) {
      const message = `expected at most ${policy.quota} requests a minute`;
      const { retryAfterSeconds } = verdict;
      // The draft has Retry-After name no earlier moment than the limit's own fields.
      tell(c, policy, { ...verdict, resetSeconds: retryAfterSeconds });
      throw new AppError('rate_limited', { message, details: { policy: policy.name, retryAfterSeconds } });
    }
    await next();
    // Afterwards, because a route may answer with a response of its own making.
    tell(c, policy, verdict);
  };
}
