/** A bucket of tokens that fills steadily; every request takes some out. In whole numbers, so that nothing drifts. */

/** How many requests fit into how long. */
export interface RatePolicy {
  /** Name that headers give it: small letters, digits and dashes. */
  readonly name: string;
  /** Requests that an idle caller may make at once, and within one window in the long run. */
  readonly quota: number;
  readonly windowSeconds: number;
}

/** What is kept of a bucket: what is missing in it, and when that was so. One token is `windowMs` units. */
export interface Bucket {
  readonly missing: number;
  readonly atMs: number;
}

/** What became of a request, and what is left. */
export interface RateVerdict {
  readonly isAllowed: boolean;
  /** Whole tokens left. */
  readonly remaining: number;
  /** Seconds until the bucket is full again. */
  readonly resetSeconds: number;
  /** Seconds until the same request would be allowed; 0 when it was. */
  readonly retryAfterSeconds: number;
}

/** Where buckets are kept; one call takes from one bucket as a whole. */
export interface RateCounter {
  take(bucket: string, policy: RatePolicy): Promise<RateVerdict>;
}

/** Takes one token; a bucket that is not there yet is full. A refused request takes nothing. */
export function takeToken(
  bucket: Bucket | undefined,
  { quota, windowSeconds }: RatePolicy,
  nowMs: number,
): { readonly bucket: Bucket; readonly verdict: RateVerdict } {
  const token = windowSeconds * 1000;
  const capacity = quota * token;
  // A clock that steps back fills nothing, and the bucket waits for it to catch up.
  const atMs = Math.max(nowMs, bucket?.atMs ?? nowMs);
  const refilled = (atMs - (bucket?.atMs ?? atMs)) * quota;
  const before = Math.min(capacity, Math.max(0, (bucket?.missing ?? 0) - refilled));
  const isAllowed = before + token <= capacity;
  const missing = isAllowed ? before + token : before;
  const secondsOf = (units: number) => Math.ceil(units / quota / 1000);
  return {
    bucket: { missing, atMs },
    verdict: {
      isAllowed,
      remaining: Math.floor((capacity - missing) / token),
      resetSeconds: secondsOf(missing),
      retryAfterSeconds: isAllowed ? 0 : secondsOf(before + token - capacity),
    },
  };
}
