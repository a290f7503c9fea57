/** What follows when a job fails on a worker. */
import type { FailFrame } from '@darkroom/shared/contracts/frames';
import type { JobFacts, Outcome } from './pool-rows.ts';

export const maxAttempts = 3;
/** A job that was there when so many workers were lost is taken for the reason. */
export const maxDeaths = 2;

/** Why a lease ended without a result; `death` = its worker was lost. */
export type Failure = Pick<FailFrame, 'code' | 'detail' | 'details'> & {
  readonly class: FailFrame['class'] | 'death';
};

export const workerLost: Failure = {
  class: 'death',
  code: 'unavailable',
  detail: 'the worker was lost before the job was finished',
};

/** How a job ends that workers did not survive: unlike a lost worker's, its client's next try would fare no better. */
const breaksWorkers = {
  code: 'poison',
  detail: `${maxDeaths} workers were lost while they held the job`,
} as const;

/** A worker that stops a job unasked has failed in one more way. */
export const stoppedUnasked: Failure = {
  class: 'retryable',
  code: 'canceled',
  detail: 'the worker stopped the job unasked',
};

/** The job as its next attempt gets it, or how it ended. */
export type Aftermath =
  | { readonly next: 'retry'; readonly facts: JobFacts; readonly backoffMs: number }
  | {
      readonly next: 'end';
      readonly facts: JobFacts;
      readonly outcome: Pick<Outcome & { state: 'failed' }, 'state' | 'code' | 'detail' | 'details'>;
    };

/** 0.5 s after the first attempt, then four times as long after each further one. */
export function backoffMs(attempts: number): number {
  return 500 * 4 ** (attempts - 1);
}

/** The longest wait that a retry can have. */
export const maxBackoffMs: number = backoffMs(maxAttempts - 1);

/** Decides between another attempt and the end. */
export function afterFailure(before: JobFacts, workerId: string, failure: Failure): Aftermath {
  const isDeadly = failure.class === 'death' && before.deaths + 1 >= maxDeaths;
  const isPoison = failure.class === 'poison' || isDeadly;
  const { code, detail, details }: Pick<Failure, 'code' | 'detail' | 'details'> = isDeadly
    ? breaksWorkers
    : failure;
  const facts = {
    ...before,
    tried: [...new Set([...before.tried, workerId])],
    deaths: before.deaths + (failure.class === 'death' ? 1 : 0),
    isSmaller: before.isSmaller || failure.class === 'oom',
  };
  const isHopeless = failure.class === 'permanent' || (failure.class === 'oom' && before.isSmaller);
  if (isPoison || isHopeless || before.attempts >= maxAttempts)
    return {
      next: 'end',
      facts,
      outcome: { state: 'failed', code, detail, ...(details && { details }) },
    };
  return { next: 'retry', facts, backoffMs: backoffMs(before.attempts) };
}
