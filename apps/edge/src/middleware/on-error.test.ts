import { Problem } from '@darkroom/shared/contracts/problem';
import {
  AppError,
  type AppErrorOptions,
  type ErrorCode,
  errorCodes,
  errorTable,
} from '@darkroom/shared/errors';
import { describe, expect, test } from 'vitest';
import { appUnderTest } from './edge-fixtures.ts';

function answerTo(code: ErrorCode, options?: AppErrorOptions) {
  const { app } = appUnderTest();
  app.get('/', () => {
    throw new AppError(code, options);
  });
  return app.request('/');
}

describe('the answer to a failure', () => {
  test.each(errorCodes)('is what the contract says: %s', async (code) => {
    const problem = await (await answerTo(code, { details: { field: 'x' } })).json();
    expect(Problem.strict().parse(problem)).toEqual(problem);
  });

  test.each(errorCodes)('tells a client that repeats by itself whether to: %s', async (code) => {
    const { headers } = await answerTo(code);
    expect(headers.get('x-should-retry')).toBe(errorTable[code].retryable ? null : 'false');
  });

  test('says when to come back as its thrower knows it', async () => {
    const { headers } = await answerTo('rate_limited', { details: { retryAfterSeconds: 17 } });
    expect(headers.get('retry-after')).toBe('17');
  });

  test('says nothing of coming back when that is no use', async () => {
    const { headers } = await answerTo('spend_cap_reached', { details: { retryAfterSeconds: 17 } });
    expect(headers.get('retry-after')).toBeNull();
  });
});
