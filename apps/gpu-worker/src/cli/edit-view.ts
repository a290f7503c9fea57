// What `--json` prints: the view of a job as a client over HTTP sees it, with paths in the place of addresses.
import type { JobView } from '@darkroom/shared/contracts/job-view';
import { type AppError, toAppError } from '@darkroom/shared/errors';
import type { EditEvent, WrittenOutput } from './edit-run.ts';

/** The object that `--json` prints. */
export type EditView = Pick<JobView, 'id' | 'status' | 'prompt' | 'progress' | 'error' | 'createdAt'> & {
  readonly kind: 'edit';
  readonly outputs: readonly WrittenOutput[];
  /** Null when the command's words were wrong, so that nothing was started. */
  readonly seed: number | null;
  /** Null until the model is opened. */
  readonly model: { readonly id: string; readonly sha256: string } | null;
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
    case 'model':
      return { ...view, status: 'running', model: { id: event.id, sha256: event.sha256 } };
    case 'notice':
      return { ...view, notices: [...view.notices, event.text] };
    case 'progress': {
      const { step, steps, pct } = event;
      return { ...view, progress: { ...view.progress, step, steps, pct } };
    }
    case 'written': {
      const progress = { ...view.progress, pct: 100, etaMs: 0 };
      return { ...view, status: 'succeeded', outputs: [...view.outputs, event.output], progress };
    }
    default:
      return event satisfies never;
  }
}

/** The view of a job that ended without a picture. */
export function failedView(view: EditView, fault: unknown): EditView {
  const error = toAppError(fault);
  const { code, retryable } = error;
  const status = code === 'canceled' ? 'canceled' : 'failed';
  return { ...view, status, outputs: [], error: { code, detail: describeFailure(error), retryable } };
}

/** A failure in one line; on a person's own machine the cause of an internal one is no secret. */
function describeFailure({ code, message, cause, title }: AppError): string {
  const isHidden = code === 'internal' && message === title && cause instanceof Error;
  return (isHidden ? cause.message : message).trim().replace(/\s*\n\s*/g, '; ');
}
