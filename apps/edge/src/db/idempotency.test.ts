import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { IdempotencyRecord } from '../middleware/idempotency-record.ts';
import { openDatabase } from './database.ts';
import { d1IdempotencyStore, deleteEndedRecords } from './idempotency.ts';
import { idempotencyRecords as records } from './schema.ts';

const db = openDatabase(env.DB);
const store = d1IdempotencyStore(db);

const recordOf = (key: string, changes: Partial<IdempotencyRecord> = {}): IdempotencyRecord => ({
  scope: 'p POST /',
  key,
  projectId: 'p',
  requestHash: 'h',
  claimId: 'c1',
  resourceId: 'r',
  lockedUntilMs: 1,
  answer: null,
  expiresAtMs: 100,
  ...changes,
});

test('of many claims at once one is written, and all are told which', async () => {
  const claims = Array.from({ length: 10 }, (_, i) => recordOf('a', { claimId: `c${i}` }));
  const standing = await Promise.all(claims.map((record) => store.open(record)));
  expect(new Set(standing.map(({ claimId }) => claimId)).size).toBe(1);
});

test('a record gives way to the one who knows its claim, answer and all', async () => {
  await store.open(recordOf('b'));
  expect(await store.swap(recordOf('b', { claimId: 'c3' }), 'c2')).toBe(false);
  const answered = recordOf('b', { answer: { status: 201, headers: {}, body: '{}' } });
  expect(await store.swap(answered, 'c1')).toBe(true);
  expect(await store.open(recordOf('b', { claimId: 'c4', resourceId: 'r4' }))).toEqual(answered);
});

test('a record can be put in the place of whatever stands there, or of nothing', async () => {
  await store.replace(recordOf('c', { answer: { status: 201, headers: {}, body: '{}' } }));
  const next = recordOf('c', { claimId: 'c2', resourceId: 'r2' });
  await store.replace(next);
  expect(await store.open(recordOf('c', { claimId: 'c3' }))).toEqual(next);
});

test('records whose time is over are deleted, others stay', async () => {
  await store.open(recordOf('old', { expiresAtMs: 5 }));
  expect(await deleteEndedRecords(db, { nowMs: 5, limit: 10 })).toBe(1);
  const keys = await db.select({ key: records.key }).from(records).orderBy(records.key);
  expect(keys.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
});
