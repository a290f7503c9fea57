import type { JobRow } from '../db/job-rows.ts';
import type { Submission } from './submission.ts';

/**
 * The wish that makes a job's picture again: the same words as they were decided, the same seed, steps and model. On the
 * same weights it gives the same pixels, and the same answer.
 */
export function repeatOf(row: JobRow): Pick<Submission, 'request' | 'sent' | 'prompt' | 'weights'> {
  const { request, seed, steps, model, prompt } = row;
  const decided = seed === null ? {} : { seed, steps };
  return {
    request: { ...request, ...decided, model: model.id } as JobRow['request'],
    sent: [],
    ...(prompt && { prompt }),
    weights: model.sha256,
  };
}
