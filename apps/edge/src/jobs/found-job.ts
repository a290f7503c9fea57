import { AppError } from '@darkroom/shared/errors';
import type { Principal } from '../auth/principal.ts';
import { findJob, type JobReach, type JobRow } from '../db/job-rows.ts';
import type { Deps } from '../deps.ts';

/**
 * Which jobs a caller reaches; undefined = all of its project. A client token reaches those of its kind that were made
 * from its photo and that its key pays for; kinds that need no photo say nothing of who asked, so that it reaches none.
 */
export function jobReachOf(principal: Principal): JobReach | undefined {
  if (principal.kind === 'key') return undefined;
  const { identityId: keyId, jobKind: kind, assetId } = principal;
  return { keyId, kind, assetId };
}

/**
 * A job that the caller may see.
 *
 * @throws AppError `not_found`, for jobs of other projects, out of a token's reach and erased ones too
 */
export async function foundJob(
  { db, nowMs }: Pick<Deps, 'db' | 'nowMs'>,
  principal: Principal,
  id: string,
): Promise<JobRow> {
  const { projectId } = principal;
  const row = await findJob(db, { projectId, id, reach: jobReachOf(principal) }, nowMs());
  if (!row) throw new AppError('not_found');
  return row;
}
