/** What a pool writes into D1 and gives back elsewhere when a job ends. */
import { AppError } from '@darkroom/shared/errors';
import type { Deps } from '../deps.ts';
import type { JobEnding } from '../metering/charge.ts';
import { type Settlement, settle } from '../metering/settle.ts';
import { slotSubject } from '../middleware/concurrency.ts';
import type { JobOrder } from './job-pools.ts';
import type { EndedJob, Outcome } from './pool-rows.ts';

function endingOf(outcome: Outcome): JobEnding {
  switch (outcome.state) {
    case 'succeeded':
      return { state: 'succeeded', ...outcome.result };
    case 'failed': {
      const { code, detail, details } = outcome;
      return { state: 'failed', code, detail, details };
    }
    case 'canceled':
      return { state: 'canceled', stepsDone: outcome.stepsDone };
    case 'expired':
      return { state: 'expired' };
    default:
      return outcome satisfies never;
  }
}

export type PoolBooks = Pick<Deps, 'db' | 'concurrencyGate' | 'nowMs'>;

/**
 * Brings an end into the books and gives the key's slot back; saying it again changes nothing.
 * Resolves with what the books say, undefined when they know no such job.
 */
export async function settleJob(
  { facts, outcome }: EndedJob,
  { order, startedAtMs }: { readonly order: JobOrder | undefined; readonly startedAtMs: number | undefined },
  { db, concurrencyGate, nowMs }: PoolBooks,
): Promise<Settlement | undefined> {
  const booked = await settle(db, {
    jobId: facts.id,
    fence: outcome.fence,
    ending: endingOf(outcome),
    nowMs: nowMs(),
    price: order?.price,
    startedAtMs,
  }).catch((error: unknown) => {
    // A project that was erased takes its jobs along: there is nothing left to settle.
    if (error instanceof AppError && error.code === 'not_found') return undefined;
    throw error;
  });
  if (order) await concurrencyGate.leave(slotSubject({ identityId: order.keyIdentityId }), facts.id);
  return booked;
}
