import type { JobId } from '@darkroom/shared/ids';
import { sql } from 'drizzle-orm';
import type { Database } from '../db/database.ts';
import { jobs } from '../db/schema.ts';
import { chargeBudgets } from './settle-writes.ts';

/**
 * Takes back a job that its pool refused: the reservation is given back and the row is gone, as if it had never been
 * asked for, so that the same request can be admitted later. Without effect once any worker was offered it.
 */
export async function withdraw(db: Database, jobId: JobId): Promise<void> {
  const isUntouched = sql`${jobs.id} = ${jobId} AND ${jobs.state} = 'queued' AND ${jobs.fence} = 0`;
  await db.batch([
    chargeBudgets({ db, isOurs: isUntouched }, 0),
    // The row goes last, because the statement before asks for it.
    db.delete(jobs).where(isUntouched),
  ]);
}
