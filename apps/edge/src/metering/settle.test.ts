import type { OutputObject } from '@darkroom/shared/contracts/frames';
import type { JobId } from '@darkroom/shared/ids';
import { asc, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { Ledger, priceOfMicros, startMs } from '../../../../test/support/ledger.ts';
import { moveJobs } from '../db/jobs.ts';
import { jobOutputs, jobResults, outbox, usage, webhookEndpoints } from '../db/schema.ts';
import { findImbalances } from './audit.ts';
import type { JobEnding } from './charge.ts';
import { settle } from './settle.ts';

const nowMs = startMs + 5000;
const sha256 = 'ab'.repeat(32);
const picture: OutputObject = {
  key: 'p/x/1.png',
  sha256,
  sizeBytes: 1234,
  mime: 'image/png',
  width: 640,
  height: 480,
};
const model = { id: 'darkroom/edit', sha256 };
const done: JobEnding = { state: 'succeeded', outputs: [picture], model };
const canceled = (stepsDone: number): JobEnding => ({ state: 'canceled', stepsDone });
const failed: JobEnding = { state: 'failed', code: 'out_of_memory', detail: 'needs 9 GiB, has 8' };

async function end(ledger: Ledger, jobId: JobId, ending: JobEnding, fence: number | null = 1) {
  return await settle(ledger.db, { jobId, fence, ending, nowMs });
}

async function billed({ db }: Ledger, jobId: JobId) {
  const { item, quantity, micros } = usage;
  return await db
    .select({ item, quantity, micros })
    .from(usage)
    .where(eq(usage.jobId, jobId))
    .orderBy(asc(item));
}

describe('settling an answer', () => {
  const answer = (caption: string): JobEnding => ({
    state: 'succeeded',
    outputs: [picture],
    result: { kind: 'caption', caption, score: -1 },
    model,
  });
  const resultsOf = ({ db }: Ledger, jobId: JobId) =>
    db.select().from(jobResults).where(eq(jobResults.jobId, jobId));
  const price = { ...priceOfMicros(100), steps: 0 };

  test('bills it once, whatever pictures belong to it, and keeps that of the first end alone', async () => {
    const ledger = await Ledger.open({ project: 1000 });
    const jobId = await ledger.admit(price);
    expect(await end(ledger, jobId, answer('a fox'))).toMatchObject({ chargedMicros: 100, isFirst: true });
    expect(await end(ledger, jobId, answer('a hen'))).toMatchObject({ chargedMicros: 100, isFirst: false });
    expect(await billed(ledger, jobId)).toEqual([{ item: 'answer', quantity: 1, micros: 100 }]);
    const { projectId } = ledger;
    const result = { kind: 'caption', caption: 'a fox', score: -1 };
    expect(await resultsOf(ledger, jobId)).toEqual([{ jobId, projectId, result }]);
    expect(await findImbalances(ledger.db)).toEqual([]);
  });

  test('that a stale lease brings keeps nothing of it', async () => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit(price);
    await moveJobs(ledger.db, [{ jobId, to: 'starting', fence: 2, nowMs }]);
    expect(await end(ledger, jobId, answer('a fox'), 1)).toMatchObject({ isFirst: false });
    expect(await resultsOf(ledger, jobId)).toEqual([]);
  });

  test('that was canceled bills nothing, as it has no steps', async () => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit(price);
    await end(ledger, jobId, canceled(3));
    expect(await billed(ledger, jobId)).toEqual([]);
  });
});

describe('settling a finished job', () => {
  test('writes state, bill, pictures, budgets and outbox together', async () => {
    const ledger = await Ledger.open({ project: 1000 });
    const maskReport = { insidePixels: 1, outsidePixels: 2, changedOutside: 0, lossless: true };
    const jobId = await ledger.admit({ ...priceOfMicros(100), pictures: 2 });
    const outputs = [picture, { ...picture, key: 'p/x/2.png', maskReport }];
    expect(await end(ledger, jobId, { state: 'succeeded', outputs, model }, 3)).toEqual({
      state: 'succeeded',
      chargedMicros: 200,
      isFirst: true,
      isAwaited: false,
    });
    expect(await ledger.job(jobId)).toMatchObject({
      state: 'succeeded',
      fence: 3,
      model,
      error: null,
      reservedMicros: 0,
      chargedMicros: 200,
      finishedAtMs: nowMs,
    });
    expect(await billed(ledger, jobId)).toEqual([
      { item: 'picture:0', quantity: 1, micros: 100 },
      { item: 'picture:1', quantity: 1, micros: 100 },
    ]);
    const { projectId, keyId } = ledger;
    const stored = { jobId, projectId, sha256, sizeBytes: 1234, mime: 'image/png', width: 640, height: 480 };
    expect(
      await ledger.db
        .select()
        .from(jobOutputs)
        .where(eq(jobOutputs.jobId, jobId))
        .orderBy(asc(jobOutputs.position)),
    ).toEqual([
      { ...stored, position: 0, objectKey: 'p/x/1.png', maskReport: null },
      { ...stored, position: 1, objectKey: 'p/x/2.png', maskReport },
    ]);
    expect(await ledger.db.select().from(outbox).where(eq(outbox.subjectId, jobId))).toEqual([
      {
        id: `${jobId}:job.succeeded`,
        projectId,
        topic: 'job.succeeded',
        subjectId: jobId,
        createdAtMs: nowMs,
        sentAtMs: nowMs,
      },
    ]);
    for (const holder of [projectId, keyId])
      expect(await ledger.budget(holder)).toEqual({ spentMicros: 200, reservedMicros: 0 });
  });

  test('bills the pictures that were delivered when some were not', async () => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit({ ...priceOfMicros(100), pictures: 3 });
    expect(await end(ledger, jobId, done)).toMatchObject({ chargedMicros: 100 });
    expect(await ledger.budget()).toEqual({ spentMicros: 100, reservedMicros: 0 });
  });

  test('refuses more pictures than were priced', async () => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit(priceOfMicros(100));
    const outputs = [picture, picture];
    await expect(end(ledger, jobId, { state: 'succeeded', outputs, model })).rejects.toThrow(
      'outputs: expected at most 1 pictures, got 2',
    );
    expect(await ledger.job(jobId)).toMatchObject({ state: 'queued', reservedMicros: 100 });
  });
});

describe('an event', () => {
  test('is awaited where a webhook of the project wants it, and counts as told where none does', async () => {
    const ledger = await Ledger.open();
    const hook = { url: 'https://example.com', secrets: [], createdAtMs: 1, projectId: ledger.projectId };
    await ledger.db.insert(webhookEndpoints).values([
      { ...hook, id: 'webhook_ends', topics: ['job.failed', 'job.expired'], disabledAtMs: null },
      { ...hook, id: 'webhook_off', topics: ['job.succeeded'], disabledAtMs: 1 },
    ]);
    const endings = [done, failed, { state: 'expired' }] as const;
    const ends = [];
    for (const ending of endings) ends.push(await end(ledger, await ledger.admit(priceOfMicros(1)), ending));
    expect(ends.map(({ isAwaited }) => isAwaited)).toEqual([false, true, true]);
    const events = await ledger.db.select().from(outbox).where(eq(outbox.projectId, ledger.projectId));
    expect(Object.fromEntries(events.map(({ topic, sentAtMs }) => [topic, sentAtMs]))).toEqual({
      'job.succeeded': nowMs,
      'job.failed': null,
      'job.expired': null,
    });
  });
});

test('a job whose price the caller knows and whose start the books do not know ends with both', async () => {
  const ledger = await Ledger.open();
  const price = priceOfMicros(100);
  const jobId = await ledger.admit(price);
  const how = { jobId, fence: 1, ending: done, nowMs, price } as const;
  expect(await settle(ledger.db, { ...how, startedAtMs: 7 })).toMatchObject({ chargedMicros: 100 });
  expect(await ledger.job(jobId)).toMatchObject({ startedAtMs: 7 });
  const missing = { ...how, jobId: ledger.newJob().id };
  await expect(settle(ledger.db, missing)).rejects.toMatchObject({ code: 'not_found' });
});

describe('settling a job again', () => {
  test('does the same thing twice only once, at the same time too', async () => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit(priceOfMicros(100));
    const ends = await Promise.all(Array.from({ length: 10 }, () => end(ledger, jobId, done)));
    expect(ends.filter(({ isFirst }) => isFirst)).toHaveLength(1);
    expect(new Set(ends.map(({ chargedMicros }) => chargedMicros))).toEqual(new Set([100]));
    expect(await billed(ledger, jobId)).toHaveLength(1);
    expect(await ledger.budget()).toEqual({ spentMicros: 100, reservedMicros: 0 });
  });

  test.each([
    ['canceled, then done', [canceled(4), done], 'canceled', 40],
    ['done, then canceled', [done, canceled(4)], 'succeeded', 100],
    ['failed, then done', [failed, done], 'failed', 0],
    ['done, then failed', [done, failed], 'succeeded', 100],
    ['expired, then done', [{ state: 'expired' }, done], 'expired', 0],
  ] as const)('lets the first end stand: %s', async (_order, endings, state, chargedMicros) => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit(priceOfMicros(100));
    const [first, second] = [await end(ledger, jobId, endings[0]), await end(ledger, jobId, endings[1])];
    expect(first).toMatchObject({ state, chargedMicros, isFirst: true });
    expect(second).toMatchObject({ state, chargedMicros, isFirst: false });
    expect(await ledger.job(jobId)).toMatchObject({ state, chargedMicros });
    expect(await ledger.budget()).toEqual({ spentMicros: chargedMicros, reservedMicros: 0 });
    expect(await ledger.db.select().from(outbox).where(eq(outbox.subjectId, jobId))).toHaveLength(1);
    expect(await findImbalances(ledger.db)).toEqual([]);
  });
});

describe('settling a job that was not finished', () => {
  test.each([
    ['failed', failed, { code: 'out_of_memory', detail: 'needs 9 GiB, has 8', retryable: true }],
    ['blocked', { state: 'blocked', code: 'blocked', detail: 'no' }, { code: 'blocked', retryable: false }],
    ['expired', { state: 'expired' }, { code: 'expired', retryable: true }],
    ['canceled before its first step', canceled(0), { code: 'canceled', retryable: false }],
  ] as const)('gives everything back for a job that %s', async (_how, ending, error) => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit(priceOfMicros(100));
    expect(await end(ledger, jobId, ending)).toMatchObject({ chargedMicros: 0, isFirst: true });
    expect(await billed(ledger, jobId)).toEqual([]);
    expect(await ledger.budget()).toEqual({ spentMicros: 0, reservedMicros: 0 });
    expect(await ledger.job(jobId)).toMatchObject({ state: ending.state, error });
  });

  test('bills the steps that a canceled job did', async () => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit({ ...priceOfMicros(100), pictures: 2 });
    expect(await end(ledger, jobId, canceled(7))).toMatchObject({ chargedMicros: 70 });
    expect(await billed(ledger, jobId)).toEqual([{ item: 'steps', quantity: 7, micros: 70 }]);
  });

  test.each([Number.NaN, -1, 0.5, 2 ** 53])('refuses %s steps', async (stepsDone) => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit(priceOfMicros(100));
    await expect(end(ledger, jobId, canceled(stepsDone))).rejects.toThrow('stepsDone: expected');
    expect(await ledger.job(jobId)).toMatchObject({ state: 'queued', reservedMicros: 100 });
  });
});

describe('settling', () => {
  test('hears the end from the current lease, not from one that was superseded', async () => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit(priceOfMicros(100));
    await moveJobs(ledger.db, [{ jobId, to: 'running', fence: 2, nowMs }]);
    expect(await end(ledger, jobId, done, 1)).toMatchObject({ state: 'running', isFirst: false });
    expect(await ledger.budget()).toEqual({ spentMicros: 0, reservedMicros: 100 });
    expect(await end(ledger, jobId, done, 2)).toMatchObject({ state: 'succeeded', isFirst: true });
  });

  test('bills by the price that the job was admitted with, whatever the cap is by then', async () => {
    const ledger = await Ledger.open({ key: 100 });
    const jobId = await ledger.admit(priceOfMicros(100));
    await ledger.capKey(ledger.keyId, 0);
    expect(await end(ledger, jobId, done)).toMatchObject({ chargedMicros: 100 });
    expect(await ledger.budget(ledger.keyId)).toEqual({ spentMicros: 100, reservedMicros: 0 });
  });

  test('says so when there is no such job', async () => {
    const ledger = await Ledger.open();
    await expect(end(ledger, ledger.newJob().id, done)).rejects.toMatchObject({ code: 'not_found' });
  });
});
