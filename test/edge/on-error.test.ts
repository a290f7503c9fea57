import { AppError, type ErrorCode, errorCodes, errorTable } from '@darkroom/shared/errors';
import { describe, expect, test } from 'vitest';
import { edgeUnderTest } from './edge-app.ts';

/** The answer of a route that throws, asked with request id `r1`. */
async function answerTo(thrown: Error) {
  const { app, failures } = await edgeUnderTest();
  app.get('/throws', () => {
    throw thrown;
  });
  const response = await app.request('/throws', { headers: { 'x-request-id': 'r1' } });
  return { response, text: await response.text(), failures };
}

describe('a route that does not exist', () => {
  test.each([
    ['GET', '/v1/nothing'],
    ['GET', '/v1/contracts'],
    ['POST', '/healthz'],
  ])('%s %s is a problem that names it', async (method, path) => {
    const { ask } = await edgeUnderTest();
    const response = await ask(path, { method, headers: { 'x-request-id': 'r1' } });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('retry-after')).toBeNull();
    expect(await response.json()).toEqual({
      type: 'urn:darkroom:problem:not_found',
      title: 'There is no such resource',
      status: 404,
      detail: `expected a known route, got ${method} ${path}`,
      code: 'not_found',
      requestId: 'r1',
      retryable: false,
    });
  });
});

describe('a failure in a route', () => {
  test.each(errorCodes)('with code %s is answered as the table says', async (code: ErrorCode) => {
    const { response, text } = await answerTo(new AppError(code));
    const { status, title, retryable } = errorTable[code];
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('x-request-id')).toBe('r1');
    expect(JSON.parse(text)).toMatchObject({ status, title, code, retryable, requestId: 'r1' });
    expect(response.headers.get('retry-after')).toBe(retryable ? '2' : null);
  });

  test('shows message and details, and never the cause', async () => {
    const details = { field: 'image', limit: 50 };
    const cause = new Error('bucket eu-1 says no');
    const { text } = await answerTo(
      new AppError('image_too_large', { message: 'image: too big', details, cause }),
    );
    expect(JSON.parse(text)).toMatchObject({ detail: 'image: too big', details });
    expect(text).not.toContain('bucket');
  });

  test('that nobody foresaw hides its insides and keeps them for operators', async () => {
    const thrown = new TypeError('password=hunter2 at db.ts:12');
    const { response, text, failures } = await answerTo(thrown);
    expect(response.status).toBe(500);
    expect(JSON.parse(text)).toEqual({
      type: 'urn:darkroom:problem:internal',
      title: 'Something went wrong on our side',
      status: 500,
      code: 'internal',
      requestId: 'r1',
      retryable: true,
    });
    expect(failures.map(({ error, requestId }) => [error.code, error.cause, requestId])).toEqual([
      ['internal', thrown, 'r1'],
    ]);
  });

  test('of our own is hidden even when it has words and details', async () => {
    const { text } = await answerTo(
      new AppError('internal', { message: 'table users is gone', details: { table: 'users' } }),
    );
    expect(text).not.toContain('users');
  });

  test('of the client is not reported to operators', async () => {
    expect((await answerTo(new AppError('invalid_request'))).failures).toEqual([]);
  });
});
