/** What the edge does every minute without being asked. */
import { AppError, toAppError } from '@darkroom/shared/errors';
import { inArray } from 'drizzle-orm';
import { deleteEndedRecords } from './db/idempotency.ts';
import { jobs } from './db/schema.ts';
import { deleteOldDeliveries } from './db/webhook-deliveries.ts';
import type { Deps } from './deps.ts';
import { sweepOverdueJobs } from './metering/sweep.ts';
import { slotSubject } from './middleware/concurrency.ts';
import { eraseDue } from './storage/erase.ts';
import { type DeliverDeps, deliverDue } from './webhooks/deliver.ts';

type ScheduledDeps = DeliverDeps & Pick<Deps, 'images' | 'reportFailure' | 'concurrencyGate'>;

/** How long after its deadline a job is left to its pool. */
const graceMs = 60_000;
/** Each job takes some queries, of which one run has a thousand. */
const maxSwept = 50;
const maxRecords = 1000;
const maxErased = 200;

/** Expires jobs that no pool ended, and gives back their slots. */
async function sweepJobs({ db, nowMs, concurrencyGate }: ScheduledDeps): Promise<void> {
  const expired = await sweepOverdueJobs(db, { nowMs: nowMs(), graceMs, limit: maxSwept });
  if (expired.length === 0) return;
  const rows = await db
    .select({ id: jobs.id, keyId: jobs.keyId })
    .from(jobs)
    .where(inArray(jobs.id, expired));
  await Promise.all(
    rows.map(({ id, keyId }) => concurrencyGate.leave(slotSubject({ identityId: keyId }), id)),
  );
}

/** Does all that is due; what fails is reported and stops nothing else. */
export async function runScheduled(deps: ScheduledDeps): Promise<void> {
  const { db, nowMs, reportFailure } = deps;
  const swept = sweepJobs(deps);
  const duties: Readonly<Record<string, () => Promise<unknown>>> = {
    'overdue jobs': () => swept,
    // Of what the sweep ends webhooks hear in the same run.
    'due webhooks': () => swept.catch(() => undefined).then(() => deliverDue(deps)),
    'due erasures': () => eraseDue(deps, maxErased),
    'old deliveries': () => deleteOldDeliveries(db, { nowMs: nowMs(), limit: maxRecords }),
    'ended idempotency records': () => deleteEndedRecords(db, { nowMs: nowMs(), limit: maxRecords }),
  };
  await Promise.all(
    Object.entries(duties).map(([name, duty]) =>
      duty().catch((cause: unknown) => {
        const { code } = toAppError(cause);
        reportFailure(new AppError(code, { message: `scheduled: ${name}`, cause }), 'scheduled');
      }),
    ),
  );
}
