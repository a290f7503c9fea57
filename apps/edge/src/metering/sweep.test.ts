import { describe, expect, test } from 'vitest';
import { Ledger, priceOfMicros, startMs } from '../../../../test/support/ledger.ts';
import { findImbalances } from './audit.ts';
import { settle } from './settle.ts';
import { sweepOverdueJobs } from './sweep.ts';

const minuteMs = 60_000;

describe('sweepOverdueJobs', () => {
  test('expires jobs whose deadline and grace are over, and gives their reservations back', async () => {
    const ledger = await Ledger.open();
    const overdue = await ledger.admit(priceOfMicros(30), { deadlineAtMs: startMs });
    const inGrace = await ledger.admit(priceOfMicros(50), { deadlineAtMs: startMs + minuteMs });
    const ended = await ledger.admit(priceOfMicros(70), { deadlineAtMs: startMs });
    await settle(ledger.db, {
      jobId: ended,
      fence: 1,
      ending: { state: 'canceled', stepsDone: 10 },
      nowMs: startMs,
    });
    const options = { nowMs: startMs + minuteMs, graceMs: minuteMs / 2, limit: 10 };
    expect(await sweepOverdueJobs(ledger.db, options)).toEqual([overdue]);
    expect(await ledger.job(overdue)).toMatchObject({ state: 'expired', error: { code: 'expired' } });
    expect(await ledger.job(inGrace)).toMatchObject({ state: 'queued' });
    expect(await ledger.job(ended)).toMatchObject({ state: 'canceled' });
    expect(await ledger.budget()).toEqual({ spentMicros: 70, reservedMicros: 50 });
    expect(await sweepOverdueJobs(ledger.db, options)).toEqual([]);
    await settle(ledger.db, { jobId: inGrace, fence: null, ending: { state: 'expired' }, nowMs: startMs });
  });

  test('begins with the longest overdue and stops at its limit', async () => {
    const ledger = await Ledger.open();
    const [late, later] = [
      await ledger.admit(priceOfMicros(1), { deadlineAtMs: startMs - 1 }),
      await ledger.admit(priceOfMicros(1), { deadlineAtMs: startMs - 2 }),
    ];
    const options = { nowMs: startMs, graceMs: 0, limit: 1 };
    expect(await sweepOverdueJobs(ledger.db, options)).toEqual([later]);
    expect(await sweepOverdueJobs(ledger.db, options)).toEqual([late]);
    expect(await findImbalances(ledger.db)).toEqual([]);
  });
});
