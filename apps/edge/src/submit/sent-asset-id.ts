import type { AssetId, JobId } from '@darkroom/shared/ids';

/** The digits of ids, see ids.ts. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * The id of a picture that comes with a job's own request: always the same for the same job, so that a second try of
 * the request finds what the first one stored.
 *
 * @param index which of the request's pictures, 0 to 31
 */
export function sentAssetId(jobId: JobId, index: number): AssetId {
  const body = jobId.slice(jobId.indexOf('_') + 1);
  const last = (digits.indexOf(body.slice(-1)) + index) % digits.length;
  return `asset_${body.slice(0, -1)}${digits.charAt(last)}`;
}
