// How far a job is, and when it will probably end.

/** Progress of one running job. */
export interface JobState {
  /** Steps done, of all pictures together. */
  readonly step: number;
  /** 0 = not known yet. */
  readonly steps: number;
  /** Share of the job that is done, 0 … 100. */
  readonly pct: number;
  /** Where the measuring of its speed began: after its first step, so that loading a model does not count as speed. */
  readonly since?: { readonly pct: number; readonly atMs: number };
}

/** What a kernel tells of its progress. */
export type JobProgress = Pick<JobState, 'step' | 'steps' | 'pct'>;

/** A job before its first step. */
export const startedJob: JobState = { step: 0, steps: 0, pct: 0 };

/** The state after a kernel's word. */
export function advanceJob(state: JobState, { step, steps, pct }: JobProgress, nowMs: number): JobState {
  return { step, steps, pct, since: state.since ?? { pct, atMs: nowMs } };
}

/** Expected time to the end at the speed so far, in milliseconds; null until two steps tell a speed. */
export function remainingMs({ pct, since }: JobState, nowMs: number): number | null {
  if (!since || pct <= since.pct) return null;
  return Math.max(0, Math.round(((100 - pct) * (nowMs - since.atMs)) / (pct - since.pct)));
}
