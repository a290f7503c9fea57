import { AppError } from '@darkroom/shared/errors';
import type { JobRow } from '../db/job-rows.ts';
import type { Deps } from '../deps.ts';

/** An id of an event, which is a time in milliseconds or somewhat more. */
const eventId = /^\d{1,15}$/;

/**
 * A job's events as a stream of server-sent events, up to its end.
 *
 * @param lastEventId what `Last-Event-ID` says: go on behind that event; absent, or no id of ours = from now on
 * @throws AppError `dependency_unavailable` when its pool does not answer
 */
export async function jobEventsOf(
  { pools }: Pick<Deps, 'pools'>,
  { pool, id }: JobRow,
  lastEventId: string | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const after = lastEventId !== undefined && eventId.test(lastEventId) ? Number(lastEventId) : undefined;
  return await pools.events(pool, id, after).catch((cause: unknown) => {
    throw new AppError('dependency_unavailable', { cause });
  });
}
