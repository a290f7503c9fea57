import type { DurableObjectNamespace } from '@cloudflare/workers-types';
import type { ConcurrencyGate } from '../middleware/concurrency.ts';
import type { Limits } from './limits.ts';

/** Slots in Durable Objects, one object for each subject. */
export function durableConcurrencyGate(namespace: DurableObjectNamespace<Limits>): ConcurrencyGate {
  return {
    enter: async (subject, request) => await namespace.getByName(subject).enter(request),
    leave: async (subject, holder) => await namespace.getByName(subject).leave(holder),
  };
}
