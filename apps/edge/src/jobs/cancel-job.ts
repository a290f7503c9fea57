import { AppError } from '@darkroom/shared/errors';
import { findJob, type JobRow, requestCancel } from '../db/job-rows.ts';
import type { Deps } from '../deps.ts';
import { settle } from '../metering/settle.ts';
import { slotSubject } from '../middleware/concurrency.ts';
import { type DeliverDeps, deliverSoon } from '../webhooks/deliver.ts';

export type CancelDeps = DeliverDeps & Pick<Deps, 'pools' | 'concurrencyGate' | 'inBackground'>;

/** How long the end of a job that waits is waited for; it has no worker that must stop first. */
const queuedWaitMs = 1000;

/** Tells the pool, and whether it knows the job. */
async function cancelInPool({ pools }: CancelDeps, { pool, id, state }: JobRow): Promise<boolean> {
  await pools.cancel(pool, id);
  if (state === 'queued') await pools.waitForEnd(pool, id, queuedWaitMs);
  return (await pools.progress(pool, [id])).has(id);
}

async function readAgain({ db, nowMs }: CancelDeps, row: JobRow): Promise<JobRow> {
  const found = await findJob(db, row, nowMs());
  if (!found) throw new AppError('not_found');
  return found;
}

/**
 * Cancels a job and gives it as it stands then: ended if it was waiting, mostly still open if a worker has it, which
 * stops within a step. Without effect on a job that has ended.
 *
 * @throws AppError `dependency_unavailable` when its pool cannot be told; `not_found` when it is erased with its end
 */
export async function cancelJob(deps: CancelDeps, row: JobRow): Promise<JobRow> {
  if (row.finishedAtMs !== null) return row;
  const { db, nowMs, concurrencyGate } = deps;
  await requestCancel(db, row, nowMs());
  const isPooled = await cancelInPool(deps, row).catch((cause: unknown) => {
    throw new AppError('dependency_unavailable', { cause });
  });
  const after = await readAgain(deps, row);
  if (isPooled || after.finishedAtMs !== null) return after;
  // It was admitted and never handed over, so that nobody else will end it before its time is over.
  const ending = { state: 'canceled', stepsDone: 0 } as const;
  const { isAwaited } = await settle(db, { jobId: row.id, fence: null, ending, nowMs: nowMs() });
  if (isAwaited) deps.inBackground(deliverSoon(deps, row.id));
  await concurrencyGate.leave(slotSubject({ identityId: row.keyId }), row.id);
  return await readAgain(deps, row);
}
