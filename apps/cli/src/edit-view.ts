// What `--json` prints: the view of a job as a client over HTTP sees it, with paths in the place of addresses.
import type { JobView } from '@darkroom/shared/contracts/job-view';
import { type AppError, type ErrorCode, toAppError } from '@darkroom/shared/errors';
import type { EditEvent, WrittenOutput } from './edit-event.ts';

/** The object that `--json` prints. */
export type EditView = Pick<JobView, 'id' | 'status' | 'prompt' | 'progress' | 'error' | 'createdAt'> & {
  readonly kind: 'edit';
  readonly outputs: readonly WrittenOutput[];
  /** Null when the command's words were wrong, so that nothing was started. */
  readonly seed: number | null;
  /** Null until the model is opened. */
  readonly model: JobView['model'] | null;
  /** Absent where no platform keeps accounts. */
  readonly usage?: JobView['usage'];
  /** What the caller should know about the answer. */
  readonly notices: readonly string[];
};

/** The view of a job that waits to start. */
export function queuedView(id: string, createdAtMs: number): EditView {
  return {
    id,
    kind: 'edit',
    status: 'queued',
    outputs: [],
    prompt: { original: '', enhanced: null },
    seed: null,
    model: null,
    notices: [],
    progress: { position: 0, step: 0, steps: 0, pct: 0, etaMs: null },
    createdAt: new Date(createdAtMs).toISOString(),
  };
}

/** The view after one event. */
export function advanceView(view: EditView, event: EditEvent): EditView {
  switch (event.kind) {
    case 'job': {
      const { id, prompt, seed, model, progress, usage, createdAt } = event.job;
      return { ...view, id, status: 'queued', prompt, seed, model, progress, usage, createdAt };
    }
    case 'model':
      return { ...view, status: 'running', model: { id: event.id, sha256: event.sha256 } };
    case 'notice':
      return { ...view, notices: [...view.notices, event.text] };
    case 'progress': {
      const { kind: _kind, ...progress } = event;
      return { ...view, status: 'running', progress: { ...view.progress, ...progress } };
    }
    case 'written': {
      const progress = { ...view.progress, pct: 100, etaMs: 0 };
      return { ...view, status: 'succeeded', outputs: [...view.outputs, event.output], progress };
    }
    default:
      return event satisfies never;
  }
}

/** States of jobs that end so; all other failures are just failures. */
const endOf: Readonly<Partial<Record<ErrorCode, JobView['status']>>> = {
  canceled: 'canceled',
  expired: 'expired',
  blocked: 'blocked',
};

/** The view of a job that ended without a picture. */
export function failedView(view: EditView, fault: unknown): EditView {
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
