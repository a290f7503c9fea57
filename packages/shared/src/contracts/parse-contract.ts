import type { z } from 'zod';
import { AppError } from '../errors.ts';

/** One thing that is wrong with a value: the field's path (empty = the whole value) and what was expected. */
export interface FieldIssue {
  readonly field: string;
  readonly message: string;
}

function issuesOf(error: z.ZodError): FieldIssue[] {
  return error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message }));
}

/**
 * Parses a value at a process boundary.
 *
 * @throws AppError `invalid_request` whose message names every wrong field; `details.issues` lists them.
 */
export function parseContract<T extends z.ZodType>(contract: T, value: unknown): z.output<T> {
  const parsed = contract.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error);
  const message = issues.map(({ field, message: text }) => (field ? `${field}: ${text}` : text)).join('; ');
  throw new AppError('invalid_request', { message, details: { issues } });
}
