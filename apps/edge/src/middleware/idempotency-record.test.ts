import { describe, expect, test } from 'vitest';
import {
  type Attempt,
  decide,
  type IdempotencyRecord,
  type IdempotentRequest,
  settled,
} from './idempotency-record.ts';

const nowMs = 1_000_000;
const minuteMs = 60_000;
const answer = { status: 201, headers: {}, body: '{}' };
const standing: IdempotencyRecord = {
  scope: 's',
  key: 'k',
  projectId: 'project_1',
  requestHash: 'h',
  claimId: 'first',
  resourceId: 'job_first',
  lockedUntilMs: nowMs + 1,
  answer: null,
  expiresAtMs: nowMs + 1,
};
const request = (attempt: Attempt, changes: Partial<IdempotentRequest> = {}): IdempotentRequest => ({
  attempt,
  scope: 's',
  key: 'k',
  projectId: 'project_1',
  requestHash: 'h',
  claimId: 'second',
  newResourceId: 'job_second',
  nowMs,
  ...changes,
});

/** In a word, what is decided; for work, under which id. */
function word(record: IdempotencyRecord | undefined, attempt: Attempt, changes?: Partial<IdempotentRequest>) {
  const decision = decide(record, request(attempt, changes));
  return decision.kind === 'run' ? `run ${decision.record.resourceId}` : decision.kind;
}

describe('decide', () => {
  const open = { ...standing, lockedUntilMs: nowMs };
  const answered = { ...standing, answer };
  const ended = { ...answered, expiresAtMs: nowMs };

  test.each([
    ['nothing', undefined, 'run job_second', 'run job_second', 'run job_second'],
    ['a record whose time is over', ended, 'run job_second', 'run job_second', 'run job_second'],
    ['an answer', answered, 'replay', 'run job_second', 'replay'],
    ['a request at work', standing, 'in_flight', 'run job_second', 'run job_first'],
    ['a request whose lock lapsed', open, 'run job_first', 'run job_second', 'run job_first'],
  ] as const)('given %s', (_case, record, keyed, first, retry) => {
    expect([word(record, 'keyed'), word(record, 'first'), word(record, 'retry')]).toEqual([
      keyed,
      first,
      retry,
    ]);
  });

  test.each([
    ['answered', answered],
    ['at work', standing],
    ['left open', open],
  ])('refuses a key that came with another request: %s', (_case, record) => {
    expect(word(record, 'keyed', { requestHash: 'other' })).toBe('mismatch');
  });

  test('replays what was answered', () => {
    expect(decide(answered, request('keyed'))).toEqual({ kind: 'replay', answer });
  });

  test.each([
    ['keyed', 24 * 60],
    ['first', 15],
    ['retry', 15],
  ] as const)('remembers a request that is %s for %d minutes', (attempt, minutes) => {
    const decision = decide(undefined, request(attempt));
    expect(decision).toMatchObject({
      record: { claimId: 'second', expiresAtMs: nowMs + minutes * minuteMs, lockedUntilMs: nowMs + 20_000 },
    });
  });

  test('does not prolong a record by carrying it on', () => {
    expect(decide(open, request('keyed'))).toMatchObject({
      kind: 'run',
      record: {
        claimId: 'second',
        expiresAtMs: standing.expiresAtMs,
        lockedUntilMs: nowMs + 20_000,
        answer: null,
      },
    });
  });
});

describe('settled', () => {
  test('replays with an answer, and is open at once without one', () => {
    expect(word(settled(standing, answer), 'keyed')).toBe('replay');
    expect(word(settled(standing, null), 'keyed')).toBe('run job_first');
  });
});
