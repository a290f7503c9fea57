// From whatever was thrown to what the pool hears of it.
import { FailDetails, type FailFrame } from '@darkroom/shared/contracts/frames';
import { AppError, type ErrorCode, toAppError } from '@darkroom/shared/errors';

/** What the pool should do about a failure. */
export type FailClass = FailFrame['class'];

/** Codes for which the table's word on the client's next try is not what the pool should do. */
const exceptions: Readonly<Partial<Record<ErrorCode, FailClass>>> = {
  out_of_memory: 'oom',
  poison: 'poison',
  // Files on this machine are damaged; another worker's may be whole.
  model_corrupt: 'retryable',
  // No attempt could end before a deadline that has passed.
  expired: 'permanent',
};

/** What the pool should do about a failure with this code. */
export function failClassOf({ code, retryable }: AppError): FailClass {
  return exceptions[code] ?? (retryable ? 'retryable' : 'permanent');
}

/** The error as it crosses the process boundary; memory that ran out is told from other foreign errors. */
export function toJobError(thrown: unknown): AppError {
  if (!(thrown instanceof AppError) && isOutOfMemory(thrown)) {
    return new AppError('out_of_memory', { cause: thrown });
  }
  return toAppError(thrown);
}

/** Words of V8 and of ONNX Runtime, which have no code of their own for it. */
function isOutOfMemory(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    /array buffer allocation failed|bad_?alloc|failed to allocate memory/i.test(thrown.message)
  );
}

/** What a client may read of a failure; of our own failures only that there was one. */
export function detailOf({ code, title, message }: AppError): string {
  return (code === 'internal' ? title : message).slice(0, 2000);
}

/** Which field of the request is to blame, where one is; of other details the pool hears nothing. */
export function detailsOf({ details }: AppError): FailDetails | undefined {
  const parsed = FailDetails.safeParse({ field: details?.['field'] });
  return parsed.success ? parsed.data : undefined;
}
