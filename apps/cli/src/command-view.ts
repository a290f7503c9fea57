// What `--json` prints: the view of a job as a client over HTTP sees it, with paths in the place of addresses.
import type { JobResult } from '@darkroom/shared/contracts/job-result';
import type { JobView } from '@darkroom/shared/contracts/job-view';
import { type AppError, type ErrorCode, toAppError } from '@darkroom/shared/errors';
import type { JobEvent, WrittenOutput } from './job-event.ts';
import type { CommandKind } from './photo-command.ts';

/** The view of a command's job; `--json` shows the fields of its result among its own. */
export interface CommandView extends Pick<JobView, 'id' | 'status' | 'progress' | 'error' | 'createdAt'> {
  readonly kind: CommandKind;
  readonly outputs: readonly WrittenOutput[];
  /** Absent for jobs that follow no words. */
  readonly prompt?: JobView['prompt'];
  /** Absent for jobs without chance; null when the command's words were wrong, so that nothing was started. */
  readonly seed?: JobView['seed'] | null;
  /** Null until the model is opened. */
  readonly model: JobView['model'] | null;
  /** Absent where no platform keeps accounts. */
  readonly usage?: JobView['usage'];
  /** What it found out; absent until it did, and for jobs that only make pictures. */
  readonly result?: JobResult;
  /** What the caller should know about the answer. */
  readonly notices: readonly string[];
}

/** The view of a job that waits to start. */
export function queuedView(kind: CommandKind, id: string, createdAtMs: number): CommandView {
  return {
    id,
    kind,
    status: 'queued',
    outputs: [],
    model: null,
    notices: [],
    progress: { position: 0, step: 0, steps: 0, pct: 0, etaMs: null },
    createdAt: new Date(createdAtMs).toISOString(),
  };
}

/** The view after one event; an answer changes it when it is written. */
export function advanceView(view: CommandView, event: JobEvent): CommandView {
  switch (event.kind) {
    case 'job': {
      const { id, model, progress, usage, createdAt, prompt, seed } = event.job;
      const shown = { ...(prompt && { prompt }), ...(seed !== undefined && { seed }) };
      return { ...view, id, status: 'queued', model, progress, usage, createdAt, ...shown };
    }
    case 'model':
      return { ...view, status: 'running', model: { id: event.id, sha256: event.sha256 } };
    case 'notice':
      return { ...view, notices: [...view.notices, event.text] };
    case 'progress': {
      const { kind: _kind, ...progress } = event;
      return { ...view, status: 'running', progress: { ...view.progress, ...progress } };
    }
    case 'answer':
      return view;
    default:
      return event satisfies never;
  }
}

/** The view of a job whose answer is written. */
export function succeededView(
  view: CommandView,
  outputs: readonly WrittenOutput[],
  result: JobResult | undefined,
): CommandView {
  const progress = { ...view.progress, pct: 100, etaMs: 0 };
  return { ...view, status: 'succeeded', outputs, progress, ...(result && { result }) };
}

/** States of jobs that end so; all other failures are just failures. */
const endOf: Readonly<Partial<Record<ErrorCode, JobView['status']>>> = {
  canceled: 'canceled',
  expired: 'expired',
  blocked: 'blocked',
};

/** The view of a job that ended without an answer. */
export function failedView(view: CommandView, fault: unknown): CommandView {
  const error = toAppError(fault);
  const { code, retryable } = error;
  return {
    ...view,
    status: endOf[code] ?? 'failed',
    outputs: [],
    error: { code, detail: describeFailure(error), retryable },
  };
}

/** A failure in one line; on a person's own machine the cause of an internal one is no secret. */
function describeFailure({ code, message, cause, title }: AppError): string {
  const isHidden = code === 'internal' && message === title && cause instanceof Error;
  return (isHidden ? cause.message : message).trim().replace(/\s*\n\s*/g, '; ');
}
