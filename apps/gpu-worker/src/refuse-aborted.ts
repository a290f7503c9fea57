import { AppError } from '@darkroom/shared/errors';

/** @throws canceled when the signal is aborted */
export function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw canceledBy(signal);
}

/** What to throw after an abort: its reason where that is an error of ours, else `canceled`. */
export function canceledBy({ reason }: AbortSignal): AppError {
  return reason instanceof AppError ? reason : new AppError('canceled', { cause: reason });
}
