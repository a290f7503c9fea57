import { DrizzleQueryError } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { errorText } from './redact-error.ts';

test('an error is told with where it came from, and with what is behind it', () => {
  const text = errorText(new Error('outer', { cause: new TypeError('inner', { cause: 'innermost' }) }));
  expect(text).toMatch(/^Error: outer\n.*redact-error\.test/);
  expect(text).toMatch(/caused by TypeError: inner\n/);
  expect(text).toMatch(/caused by innermost$/);
});

test('a query is told without its values, and with what is behind it', () => {
  const values = ['make it snowy $&', 'whsec_c2VjcmV0', null];
  const cause = new Error('D1_ERROR: UNIQUE constraint failed: jobs.id');
  const text = errorText(new DrizzleQueryError('insert into "jobs" values (?, ?, ?)', values, cause));
  expect(text).toContain('Failed query: insert into "jobs" values (?, ?, ?)\n');
  expect(text).toContain('redact-error.test');
  expect(text).toContain('UNIQUE constraint failed');
  expect(text).not.toMatch(/snowy|whsec|params/);
});
