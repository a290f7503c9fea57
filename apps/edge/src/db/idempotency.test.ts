import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { IdempotencyRecord } from '../middleware/idempotency-record.ts';
import { openDatabase } from './database.ts';
import { d1IdempotencyStore, deleteEndedRecords } from './idempotency.ts';

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

test('of many claims at once one is written', async () => {
  const claims = Array.from({ length: 10 }, (_, i) => recordOf('a', { claimId: `c${i}` }));
  const written = await Promise.all(claims.map((record) => store.swap(record, undefined)));
  expect(written.filter(Boolean)).toHaveLength(1);
});

test('a record gives way to the one who knows its claim, answer and all', async () => {
  await store.swap(recordOf('b'), undefined);
  expect(await store.swap(recordOf('b', { claimId: 'c3' }), 'c2')).toBe(false);
  const answered = recordOf('b', { answer: { status: 201, headers: {}, body: '{}' } });
  expect(await store.swap(answered, 'c1')).toBe(true);
  expect(await store.find(answered.scope, 'b')).toEqual(answered);
});

test('records whose time is over are deleted, others stay', async () => {
  await store.swap(recordOf('old', { expiresAtMs: 5 }), undefined);
  expect(await deleteEndedRecords(db, { nowMs: 5, limit: 10 })).toBe(1);
  expect(await store.find('p POST /', 'old')).toBeUndefined();
  expect(await store.find('p POST /', 'b')).toBeDefined();
});
