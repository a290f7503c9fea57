import { describe, expect, test } from 'vitest';
import { Ledger, priceOfMicros, startMs } from '../../../../test/support/ledger.ts';
import { settle } from '../metering/settle.ts';
import { moveJob } from './jobs.ts';
import { jobs } from './schema.ts';

const nowMs = startMs + 100;

describe('moveJob', () => {
  test('moves a job along its states and keeps its first start', async () => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit(priceOfMicros(1));
    expect(await moveJob(ledger.db, { jobId, to: 'starting', fence: 1, nowMs })).toBe(true);
    expect(await moveJob(ledger.db, { jobId, to: 'running', fence: 1, nowMs })).toBe(true);
    expect(await moveJob(ledger.db, { jobId, to: 'queued', fence: 1, nowMs })).toBe(true);
    expect(await moveJob(ledger.db, { jobId, to: 'running', fence: 2, nowMs: nowMs + 50 })).toBe(true);
    expect(await ledger.job(jobId)).toMatchObject({ state: 'running', fence: 2, startedAtMs: nowMs });
  });

  test('refuses a move that does not begin where the job stands', async () => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit(priceOfMicros(1));
    expect(await moveJob(ledger.db, { jobId, to: 'queued', fence: 1, nowMs })).toBe(false);
    expect(await ledger.job(jobId)).toMatchObject({ state: 'queued', fence: 0 });
  });

  test('refuses a lease that was superseded', async () => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit(priceOfMicros(1));
    await moveJob(ledger.db, { jobId, to: 'running', fence: 2, nowMs });
    expect(await moveJob(ledger.db, { jobId, to: 'running', fence: 1, nowMs })).toBe(false);
    expect(await ledger.job(jobId)).toMatchObject({ fence: 2 });
  });

  test('refuses a job that ended', async () => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit(priceOfMicros(1));
    await settle(ledger.db, { jobId, fence: 1, ending: { state: 'expired' }, nowMs });
    expect(await moveJob(ledger.db, { jobId, to: 'running', fence: 9, nowMs })).toBe(false);
    expect(await ledger.job(jobId)).toMatchObject({ state: 'expired' });
  });
});

test('a row whose JSON breaks its contract is refused when it is read', async () => {
  const ledger = await Ledger.open();
  const id = await ledger.admit(priceOfMicros(1));
  await ledger.db.run(`UPDATE jobs SET prompt = '{"original":7}' WHERE id = '${id}'`);
  await expect(ledger.db.select({ prompt: jobs.prompt }).from(jobs)).rejects.toThrow('original');
  await ledger.db.delete(jobs);
});
