// One job as a command follows it, whether a platform or this process runs it.
import type { OutputFormat } from '@darkroom/gpu-worker/image/encode';
import type { JobResult } from '@darkroom/shared/contracts/job-result';
import type { JobOutput, JobProgress, JobView } from '@darkroom/shared/contracts/job-view';

/** A finished picture. */
export interface Picture extends Pick<JobOutput, 'width' | 'height' | 'mime' | 'maskReport'> {
  readonly bytes: Uint8Array;
}

/** A written picture: what an output over HTTP says, with a path in the place of its address. */
export type WrittenOutput = Pick<
  JobOutput,
  'width' | 'height' | 'mime' | 'bytes' | 'sha256' | 'maskReport'
> & {
  readonly path: string;
};

/** What came of a job. */
export interface Answer {
  readonly pictures: readonly Picture[];
  /** What it found out; absent = its pictures are all. */
  readonly result?: JobResult | undefined;
}

/** What a job tells on its way; its answer is the last. */
export type JobEvent =
  /** The job as a platform shows it. */
  | { readonly kind: 'job'; readonly job: JobView }
  | { readonly kind: 'model'; readonly id: string; readonly sha256: string }
  /** Something that the caller should know, though the job goes on. */
  | { readonly kind: 'notice'; readonly text: string }
  | ({ readonly kind: 'progress' } & Pick<JobProgress, 'step' | 'steps' | 'pct'> &
      Partial<Pick<JobProgress, 'etaMs'>>)
  | { readonly kind: 'answer'; readonly answer: Answer };

/** What the command decides about a job. */
export interface JobRun {
  readonly id: string;
  readonly createdAtMs: number;
  /** That relative paths start from. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** Hears what is being done while there is no step to show. */
  readonly onPhase: (phase: string) => void;
}

/** Where a picture goes and as what. */
export interface OutFile {
  /** Absolute path. */
  readonly path: string;
  readonly format: OutputFormat;
}
