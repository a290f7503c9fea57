import { describe, expect, test } from 'vitest';
import { Ledger, priceOfMicros, startMs } from '../../../../test/support/ledger.ts';
import { settle } from '../metering/settle.ts';
import { type JobMove, moveJobs } from './jobs.ts';
import { jobs } from './schema.ts';

const nowMs = startMs + 100;

describe('moveJobs', () => {
  const admitted = async () => {
    const ledger = await Ledger.open();
    const jobId = await ledger.admit(priceOfMicros(1));
    const move = async (to: JobMove['to'], fence: number, atMs = nowMs) => {
      await moveJobs(ledger.db, [{ jobId, to, fence, nowMs: atMs }]);
      return await ledger.job(jobId);
    };
    return { ledger, jobId, move };
  };

  test('moves a job along its states and keeps its first start', async () => {
    const { move } = await admitted();
    expect(await move('starting', 1)).toMatchObject({ state: 'starting', fence: 1, startedAtMs: null });
    expect(await move('running', 1)).toMatchObject({ state: 'running', startedAtMs: nowMs });
    expect(await move('queued', 1)).toMatchObject({ state: 'queued' });
    expect(await move('running', 2, nowMs + 50)).toMatchObject({
      state: 'running',
      fence: 2,
      startedAtMs: nowMs,
    });
    // Taken back and offered anew in so short a time that only the last of it is written.
    expect(await move('starting', 3)).toMatchObject({ state: 'starting', fence: 3 });
  });

  test('moves several jobs at once, and none when there are none', async () => {
    const [one, other] = [await admitted(), await admitted()];
    const moves = [one, other].map(
      ({ jobId }, i) => ({ jobId, to: 'running', fence: i + 1, nowMs }) as const,
    );
    await moveJobs(one.ledger.db, moves);
    await moveJobs(one.ledger.db, []);
    expect(await one.ledger.job(one.jobId)).toMatchObject({ state: 'running', fence: 1 });
    expect(await other.ledger.job(other.jobId)).toMatchObject({ state: 'running', fence: 2 });
  });

  test('refuses a move that does not begin where the job stands', async () => {
    const { move } = await admitted();
    expect(await move('queued', 1)).toMatchObject({ state: 'queued', fence: 0 });
  });

  test('refuses a lease that was superseded', async () => {
    const { move } = await admitted();
    await move('running', 2);
    expect(await move('running', 1)).toMatchObject({ fence: 2 });
  });

  test('refuses a job that ended', async () => {
    const { ledger, jobId, move } = await admitted();
    await settle(ledger.db, { jobId, fence: 1, ending: { state: 'expired' }, nowMs });
    expect(await move('running', 9)).toMatchObject({ state: 'expired', fence: 1 });
  });
});

test('a row whose JSON breaks its contract is refused when it is read', async () => {
  const ledger = await Ledger.open();
  const id = await ledger.admit(priceOfMicros(1));
  await ledger.db.run(`UPDATE jobs SET prompt = '{"original":7}' WHERE id = '${id}'`);
  await expect(ledger.db.select({ prompt: jobs.prompt }).from(jobs)).rejects.toThrow('original');
  await ledger.db.delete(jobs);
});
