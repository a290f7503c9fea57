import { env } from 'cloudflare:workers';
import type { AppError } from '@darkroom/shared/errors';
import { expect, test } from 'vitest';
import { openDatabase } from './db/database.ts';
import { d1IdempotencyStore } from './db/idempotency.ts';
import { type EdgeEnv, parseVars } from './env.ts';
import { runScheduled } from './scheduled.ts';
import { createImageStore } from './storage/r2-images.ts';

const startMs = Date.UTC(2026, 10, 1);
// Wider than what the types of the test runtime know.
const edgeEnv = env as unknown as EdgeEnv;

test('a duty that fails is reported, and the others are done', async () => {
  const db = openDatabase(env.DB);
  const store = d1IdempotencyStore(db);
  const record = { scope: 's', key: 'k', projectId: 'p', requestHash: 'h', claimId: 'c', resourceId: 'r' };
  await store.swap({ ...record, lockedUntilMs: 0, answer: null, expiresAtMs: 1 }, undefined);
  await env.DB.exec('ALTER TABLE jobs RENAME TO jobs_gone');
  const failures: AppError[] = [];
  const gate = { enter: async () => true, leave: async () => {} };
  const reportFailure = (error: AppError) => failures.push(error);
  await runScheduled({
    db,
    nowMs: () => startMs,
    random: (length) => new Uint8Array(length),
    fetch: () => Promise.reject(new Error('nobody is reached')),
    images: createImageStore(edgeEnv.IMAGES, parseVars(edgeEnv), { nowMs: () => startMs }),
    reportFailure,
    concurrencyGate: gate,
  });
  await env.DB.exec('ALTER TABLE jobs_gone RENAME TO jobs');
  expect(failures.map(({ message }) => message)).toEqual(
    expect.arrayContaining(['scheduled: overdue jobs', 'scheduled: due erasures']),
  );
  expect(failures).toHaveLength(2);
  expect(await store.find('s', 'k')).toBeUndefined();
});
