import type { JobRequest } from '@darkroom/shared/contracts/job-request';
import type { AssetId, JobId } from '@darkroom/shared/ids';
import type { Principal } from '../auth/principal.ts';
import type { JobRow } from '../db/job-rows.ts';
import type { Deps } from '../deps.ts';
import type { RememberedModels } from '../routing/remembered-models.ts';

/** What submitting needs from outside. */
export interface SubmitDeps
  extends Pick<
    Deps,
    'db' | 'images' | 'pools' | 'concurrencyGate' | 'nowMs' | 'random' | 'rewriter' | 'reportFailure'
  > {
  readonly models: RememberedModels;
}

/** A picture that came with the request itself, and the id that it is to have. */
export interface SentPicture {
  readonly assetId: AssetId;
  readonly file: Blob;
}

/** A wish for a job. */
export interface Submission {
  /** The id that the job takes; a second try of the same request has the same. */
  readonly jobId: JobId;
  readonly principal: Principal;
  readonly requestId: string;
  readonly request: JobRequest;
  /** Pictures that `request` names and that are still to be stored. */
  readonly sent: readonly SentPicture[];
  /** What became of the prompt in the job that is repeated; absent = still to be decided. */
  readonly prompt?: NonNullable<JobRow['prompt']>;
  /** SHA-256 of the weights that it must run on, should it repeat a job; null = not known, absent = any. */
  readonly weights?: string | null;
}
