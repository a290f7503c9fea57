import type { RatePolicy, RateVerdict } from './token-bucket.ts';

/** What a caller is told of its limit: the IETF draft's fields, and the older names that OpenAI's and Replicate's clients know. */
export function rateLimitHeaders(
  { name, quota, windowSeconds }: RatePolicy,
  { remaining, resetSeconds }: RateVerdict,
): Readonly<Record<string, string>> {
  return {
    'ratelimit-policy': `"${name}";q=${quota};w=${windowSeconds}`,
    ratelimit: `"${name}";r=${remaining};t=${resetSeconds}`,
    'x-ratelimit-limit-requests': String(quota),
    'x-ratelimit-remaining-requests': String(remaining),
    'x-ratelimit-reset-requests': `${resetSeconds}s`,
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(resetSeconds),
  };
}
