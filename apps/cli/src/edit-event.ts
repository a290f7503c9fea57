// One edit as the command follows it, whether a platform or this process runs it.
import type { JobOutput, JobProgress, JobView } from '@darkroom/shared/contracts/job-view';

/** A written picture: what an output over HTTP says, with a path in the place of its address. */
export type WrittenOutput = Pick<JobOutput, 'width' | 'height' | 'mime' | 'bytes' | 'sha256'> & {
  readonly path: string;
};

/** What an edit tells on its way. */
export type EditEvent =
  /** The job as a platform shows it. */
  | { readonly kind: 'job'; readonly job: JobView }
  | { readonly kind: 'model'; readonly id: string; readonly sha256: string }
  /** Something that the caller should know, though the edit goes on. */
  | { readonly kind: 'notice'; readonly text: string }
  | ({ readonly kind: 'progress' } & Pick<JobProgress, 'step' | 'steps' | 'pct'> &
      Partial<Pick<JobProgress, 'etaMs'>>)
  | { readonly kind: 'written'; readonly output: WrittenOutput };

/** What the command decides about an edit. */
export interface EditRun {
  readonly id: string;
  readonly createdAtMs: number;
  readonly seed: number;
  /** That relative paths start from. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Hears what is being done while there is no step to show. */
  readonly onPhase: (phase: string) => void;
}
