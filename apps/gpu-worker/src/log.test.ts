import { AppError } from '@darkroom/shared/errors';
import { expect, it } from 'vitest';
import { errorFields, jsonLog, logWith } from './log.ts';

function written(say: (log: ReturnType<typeof jsonLog>) => void): unknown[] {
  const lines: string[] = [];
  say(
    jsonLog(
      (line) => lines.push(line),
      () => 0,
    ),
  );
  return lines.map((line) => JSON.parse(line));
}

it('writes one JSON object a line, with what it is about', () => {
  const lines = written((log) => {
    log('info', 'started');
    logWith(log, { job: 'job_1' })('warn', 'slow', { stepMs: 7 });
  });
  expect(lines).toEqual([
    { at: '1970-01-01T00:00:00.000Z', level: 'info', message: 'started' },
    { at: '1970-01-01T00:00:00.000Z', level: 'warn', message: 'slow', job: 'job_1', stepMs: 7 },
  ]);
});

it('tells an error whole, with the foreign one behind it', () => {
  const error = new AppError('unavailable', { message: 'no answer', cause: new Error('ECONNREFUSED') });
  expect(errorFields(error)).toMatchObject({
    error: 'AppError: no answer',
    code: 'unavailable',
    cause: { error: 'Error: ECONNREFUSED', stack: expect.stringContaining('log.test.ts') },
  });
});

it.each([
  ['http://store.example/in/a.png?X-Amz-Signature=5ec2e7&x=1', 'http://store.example/in/a.png?…'],
  ['fetch of "wss://pool.example/link?token=5ec2e7" failed', 'fetch of "wss://pool.example/link?…" failed'],
  ['key dk_live_5ec2e7_abcdef', 'key dk_live_…'],
  ['Authorization: Bearer 5ec2e7.abc', 'Authorization: Bearer …'],
  ['token eyJhbGciOiJFZERTQSJ9.5ec2e7.5ec2e7', 'token eyJ…'],
])('keeps secrets out: %s', (text, kept) => {
  const [line] = written((log) => log('error', text, errorFields(new Error(text))));
  expect(line).toMatchObject({ message: kept });
  expect(JSON.stringify(line)).not.toContain('5ec2e7');
});
