/** What a pool writes into D1 and gives back elsewhere when a job moves or ends. */
import { AppError } from '@darkroom/shared/errors';
import { moveJob } from '../db/jobs.ts';
import type { Deps } from '../deps.ts';
import type { JobEnding } from '../metering/charge.ts';
import { settle } from '../metering/settle.ts';
import { slotSubject } from '../middleware/concurrency.ts';
import type { JobOrder } from './job-pools.ts';
import { type EndedJob, isEnded, type JobRow, type Outcome } from './pool-rows.ts';

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
 * Resolves with the state in the books, undefined when they know no such job.
 */
export async function settleJob(
  { facts, outcome }: EndedJob,
  order: JobOrder | undefined,
  { db, concurrencyGate, nowMs }: PoolBooks,
): Promise<string | undefined> {
  const booked = await settle(db, {
    jobId: facts.id,
    fence: outcome.fence,
    ending: endingOf(outcome),
    nowMs: nowMs(),
  }).catch((error: unknown) => {
    // A project that was erased takes its jobs along: there is nothing left to settle.
    if (error instanceof AppError && error.code === 'not_found') return undefined;
    throw error;
  });
  if (order) await concurrencyGate.leave(slotSubject({ identityId: order.keyIdentityId }), facts.id);
  return booked?.state;
}

/** Mirrors a job's move between the states of the living. */
export async function mirrorMove(row: JobRow, { db, nowMs }: PoolBooks): Promise<void> {
  if (isEnded(row)) return;
  await moveJob(db, { jobId: row.facts.id, to: row.state, fence: row.facts.fence, nowMs: nowMs() });
}
