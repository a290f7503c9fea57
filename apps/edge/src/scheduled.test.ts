import { env } from 'cloudflare:workers';
import type { AppError } from '@darkroom/shared/errors';
import { idRandomBytes, makeId } from '@darkroom/shared/ids';
import { expect, test } from 'vitest';
import { Ledger, priceOfMicros } from '../../../test/support/ledger.ts';
import { openDatabase } from './db/database.ts';
import { d1IdempotencyStore } from './db/idempotency.ts';
import { insertWebhook } from './db/webhooks.ts';
import { type EdgeEnv, parseVars } from './env.ts';
import { runScheduled } from './scheduled.ts';
import { createImageStore } from './storage/r2-images.ts';
import { makeSecret, secretRandomBytes } from './webhooks/webhook-secret.ts';

const startMs = Date.UTC(2026, 10, 1);
// Wider than what the types of the test runtime know.
const edgeEnv = env as unknown as EdgeEnv;

const parts = {
  nowMs: () => startMs,
  random: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
  images: createImageStore(edgeEnv.IMAGES, parseVars(edgeEnv), { nowMs: () => startMs }),
  concurrencyGate: { enter: async () => true, leave: async () => {} },
};

test('a job that nobody ended in time expires, and webhooks hear of it in the same run', async () => {
  const ledger = await Ledger.open();
  const id = await ledger.admit(priceOfMicros(100));
  await insertWebhook(ledger.db, {
    id: makeId('webhook', startMs, parts.random(idRandomBytes)),
    projectId: ledger.projectId,
    url: 'https://hooks.example.com/end',
    topics: ['job.expired'],
    secrets: [makeSecret(parts.random(secretRandomBytes))],
    createdAtMs: startMs,
    disabledAtMs: null,
  });
  const bodies: string[] = [];
  const receive = async (_: unknown, init?: RequestInit) => {
    bodies.push(String(init?.body));
    return new Response(null, { status: 204 });
  };
  const failures: AppError[] = [];
  const reportFailure = (error: AppError) => failures.push(error);
  await runScheduled({ ...parts, db: ledger.db, fetch: receive, reportFailure });
  expect(failures).toEqual([]);
  expect((await ledger.job(id))?.state).toBe('expired');
  expect(bodies).toEqual([expect.stringContaining(id)]);
});

test('a duty that fails is reported, and the others are done', async () => {
  const db = openDatabase(env.DB);
  const store = d1IdempotencyStore(db);
  const record = { scope: 's', key: 'k', projectId: 'p', requestHash: 'h', claimId: 'c', resourceId: 'r' };
  const ended = { ...record, lockedUntilMs: 0, answer: null, expiresAtMs: 1 };
  await store.open(ended);
  await env.DB.exec('ALTER TABLE jobs RENAME TO jobs_gone');
  const failures: AppError[] = [];
  const reportFailure = (error: AppError) => failures.push(error);
  await runScheduled({
    ...parts,
    db,
    fetch: () => Promise.reject(new Error('nobody is reached')),
    reportFailure,
  });
  await env.DB.exec('ALTER TABLE jobs_gone RENAME TO jobs');
  expect(failures.map(({ message }) => message)).toEqual(
    expect.arrayContaining(['scheduled: overdue jobs', 'scheduled: due erasures']),
  );
  expect(failures).toHaveLength(2);
  const fresh = { ...ended, claimId: 'c2' };
  expect(await store.open(fresh)).toEqual(fresh);
});
