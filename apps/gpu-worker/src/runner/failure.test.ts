import { AppError, type ErrorCode } from '@darkroom/shared/errors';
import { expect, it } from 'vitest';
import { detailOf, detailsOf, failClassOf, toJobError } from './failure.ts';

it.each<[ErrorCode, string]>([
  ['image_corrupt', 'permanent'],
  ['invalid_request', 'permanent'],
  ['model_required', 'permanent'],
  ['unavailable', 'retryable'],
  ['internal', 'retryable'],
  ['model_corrupt', 'retryable'],
  ['out_of_memory', 'oom'],
  ['poison', 'poison'],
  ['expired', 'permanent'],
])('%s is %s', (code, expected) => {
  expect(failClassOf(new AppError(code))).toBe(expected);
});

it.each([
  new RangeError('Array buffer allocation failed'),
  new Error('Non-zero status code: std::bad_alloc'),
  new Error('BFCArena: Failed to allocate memory for requested buffer of size 9663676416'),
])('knows memory that ran out by its words: $message', (thrown) => {
  expect(toJobError(thrown)).toMatchObject({ code: 'out_of_memory', cause: thrown });
});

it('shows nothing of a failure of our own', () => {
  const error = toJobError(new Error('ENOENT /srv/models/secret'));
  expect(error.code).toBe('internal');
  expect(detailOf(error)).toBe('Something went wrong on our side');
});

it('shows what was expected and what came of any other, within the bounds of its frame', () => {
  const message = `image: ${'x'.repeat(3000)}`;
  expect(detailOf(new AppError('image_corrupt', { message }))).toBe(message.slice(0, 2000));
});

it('names the field that is to blame, and nothing else of what an error knows', () => {
  const details = { field: 'points.0', limit: 3 };
  expect(detailsOf(new AppError('invalid_request', { details }))).toEqual({ field: 'points.0' });
  expect(detailsOf(new AppError('model_required', { details: { kind: 'edit' } }))).toBe(undefined);
  expect(detailsOf(new AppError('internal'))).toBe(undefined);
});
