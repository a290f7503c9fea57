import { describe, expect, test } from 'vitest';
import { AppError, errorCodes, errorTable, toAppError } from './errors.ts';

describe('AppError', () => {
  test('carries what the table says of its code', () => {
    const error = new AppError('image_too_large', { message: 'image is 90 MP', details: { megapixels: 90 } });
    expect(error).toMatchObject({
      name: 'AppError',
      code: 'image_too_large',
      status: 413,
      retryable: false,
      message: 'image is 90 MP',
      details: { megapixels: 90 },
    });
  });

  test('says its title when nothing else is said', () => {
    expect(new AppError('canceled').message).toBe(errorTable.canceled.title);
  });

  test('keeps the foreign error as its cause', () => {
    const cause = new RangeError('deep');
    expect(new AppError('internal', { cause }).cause).toBe(cause);
    expect(new AppError('internal')).not.toHaveProperty('cause');
  });

  test.each(errorCodes)('has an error status and a title for %s', (code) => {
    const { status, title } = errorTable[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).not.toBe('');
  });
});

describe('toAppError', () => {
  test('passes an AppError through and hides anything else as internal', () => {
    const known = new AppError('model_corrupt');
    expect(toAppError(known)).toBe(known);
    const hidden = toAppError('a secret');
    expect(hidden.code).toBe('internal');
    expect(hidden.message).not.toContain('secret');
    expect(hidden.cause).toBe('a secret');
  });
});
