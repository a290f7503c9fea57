import type { DurableObjectNamespace } from '@cloudflare/workers-types';
import type { RateCounter } from '../middleware/token-bucket.ts';
import type { Limits } from './limits.ts';

/** Buckets in Durable Objects, one object for each. */
export function durableRateCounter(namespace: DurableObjectNamespace<Limits>): RateCounter {
  return { take: async (bucket, policy) => await namespace.getByName(bucket).take(policy) };
}
