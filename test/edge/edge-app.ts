/** The edge application as tests run it, with what it reports about its own failures. */
import { createApp } from '@darkroom/edge/app';
import type { AppError } from '@darkroom/shared/errors';

export interface EdgeUnderTest {
  readonly app: ReturnType<typeof createApp>;
  /** Failures reported so far, each with the id of its request. */
  readonly failures: { readonly error: AppError; readonly requestId: string }[];
}

export function edgeUnderTest(): EdgeUnderTest {
  const failures: EdgeUnderTest['failures'] = [];
  const app = createApp({
    version: '1.2.3',
    reportFailure: (error, requestId) => failures.push({ error, requestId }),
  });
  return { app, failures };
}
