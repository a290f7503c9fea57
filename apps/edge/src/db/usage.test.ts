import { describe, expect, test } from 'vitest';
import { Ledger, priceOfMicros } from '../../../../test/support/ledger.ts';
import type { NewJob } from '../metering/reserve.ts';
import { settle } from '../metering/settle.ts';
import { usageByDay } from './usage.ts';

const dayMs = 86_400_000;
const mondayMs = Date.UTC(2026, 10, 23);
const sha256 = 'ab'.repeat(32);
const picture = { key: 'k', sha256, sizeBytes: 1, mime: 'image/png', width: 8, height: 8 } as const;

/** Bills a job of two pictures at 50 each, at a time. */
async function bill(ledger: Ledger, nowMs: number, changes: Partial<NewJob> = {}): Promise<void> {
  const jobId = await ledger.admit({ ...priceOfMicros(50), pictures: 2 }, changes);
  const model = { id: 'darkroom/edit', sha256 };
  const ending = { state: 'succeeded', outputs: [picture, picture], model } as const;
  await settle(ledger.db, { jobId, fence: 1, ending, nowMs });
}

async function week(): Promise<Ledger> {
  const ledger = await Ledger.open();
  await ledger.capKey('a-key', null);
  await bill(ledger, mondayMs);
  await bill(ledger, mondayMs + dayMs - 1);
  await bill(ledger, mondayMs, { kind: 'inpaint' });
  await bill(ledger, mondayMs + dayMs, { keyId: 'a-key' });
  const canceled = await ledger.admit(priceOfMicros(50));
  const ending = { state: 'canceled', stepsDone: 3 } as const;
  await settle(ledger.db, { jobId: canceled, fence: 1, ending, nowMs: mondayMs + dayMs });
  return ledger;
}

describe('usageByDay', () => {
  test('adds up pictures, steps and money by day, key and kind', async () => {
    const { db, projectId, keyId } = await week();
    const range = { projectId, fromMs: mondayMs, toMs: mondayMs + 7 * dayMs };
    const monday = { day: '2026-11-23', keyId, canceledSteps: 0 };
    const tuesday = { day: '2026-11-24', kind: 'edit', jobs: 1 };
    expect(await usageByDay(db, range)).toEqual([
      { ...monday, kind: 'edit', jobs: 2, pictures: 4, micros: 200 },
      { ...monday, kind: 'inpaint', jobs: 1, pictures: 2, micros: 100 },
      { ...tuesday, keyId: 'a-key', pictures: 2, canceledSteps: 0, micros: 100 },
      { ...tuesday, keyId, pictures: 0, canceledSteps: 3, micros: 15 },
    ]);
  });

  test('tells the usage of one key, from a moment on and up to another', async () => {
    const { db, projectId } = await week();
    const range = { projectId, fromMs: mondayMs, toMs: mondayMs + 7 * dayMs };
    const micros = async (query: Parameters<typeof usageByDay>[1]) =>
      (await usageByDay(db, query)).map((row) => row.micros);
    expect(await micros({ ...range, keyId: 'a-key' })).toEqual([100]);
    expect(await micros({ ...range, toMs: mondayMs + dayMs })).toEqual([200, 100]);
    expect(await micros({ ...range, fromMs: mondayMs + dayMs })).toEqual([100, 15]);
  });

  test('knows nothing of another project', async () => {
    await week();
    const { db, projectId } = await Ledger.open();
    expect(await usageByDay(db, { projectId, fromMs: 0, toMs: mondayMs + 7 * dayMs })).toEqual([]);
  });
});
