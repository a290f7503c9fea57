import { AppError } from '@darkroom/shared/errors';

/** A word of a command that is wrong. @param field the option or argument */
export function usageFault(message: string, field?: string): AppError {
  return new AppError('invalid_request', { message, ...(field !== undefined && { details: { field } }) });
}

/** What `parseArgs` of Node refuses, as the first sentence of its message. */
export function parseFault(cause: unknown): AppError {
  const [told = ''] = (cause instanceof Error ? cause.message : String(cause)).split(/\.?(?:\n|\. |$)/);
  return usageFault(`${told.charAt(0).toLowerCase()}${told.slice(1)}; --help lists the options`);
}
