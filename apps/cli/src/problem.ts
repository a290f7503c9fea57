// Refusals of a platform, from the problem details of its answers.
import { Problem } from '@darkroom/shared/contracts/problem';
import { AppError } from '@darkroom/shared/errors';

/** What an answer refuses, as it says. */
export async function problemOf(answer: Response): Promise<AppError> {
  const body: unknown = await answer.json().catch(() => undefined);
  const { data: problem } = Problem.safeParse(body);
  if (!problem) {
    const message = `${new URL(answer.url).origin}: expected an answer of a platform, got status ${answer.status}`;
    return new AppError(answer.status >= 500 ? 'dependency_unavailable' : 'internal', { message });
  }
  const { code, title, detail = title, details, requestId } = problem;
  const retryAfter = answer.headers.get('retry-after');
  const message = retryAfter === null ? detail : `${detail}; try again in ${retryAfter} s`;
  return new AppError(code, { message, details: { ...details, requestId } });
}

/** Nobody answered, or an answer broke off. */
export function noAnswer(url: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? (cause.cause ?? cause) : cause;
  const { code = String(reason) } = reason as { code?: string };
  return new AppError('unavailable', { cause, message: `no answer from ${url} (${code})` });
}

/** Whether a request that failed so is worth another try at once. */
export function isPassing(fault: unknown): boolean {
  const codes: readonly string[] = ['unavailable', 'dependency_unavailable', 'idempotency_in_flight'];
  return fault instanceof AppError && codes.includes(fault.code);
}
