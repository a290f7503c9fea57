import { expect, test } from 'vitest';
import { Ledger, priceOfMicros } from '../../../../test/support/ledger.ts';
import { moveJobs } from '../db/jobs.ts';
import { withdraw } from './withdraw.ts';

const nowMs = 1_700_000_000_000;

test('a job that is withdrawn leaves nothing, and can be admitted again', async () => {
  const ledger = await Ledger.open({ project: 100, key: 100 });
  const other = await ledger.admit(priceOfMicros(40));
  const id = await ledger.admit(priceOfMicros(60));
  await withdraw(ledger.db, id);
  expect(await ledger.job(id)).toBeUndefined();
  expect(await ledger.budget()).toEqual({ spentMicros: 0, reservedMicros: 40 });
  expect(await ledger.budget(ledger.keyId)).toEqual({ spentMicros: 0, reservedMicros: 40 });
  await withdraw(ledger.db, id);
  expect(await ledger.budget()).toEqual({ spentMicros: 0, reservedMicros: 40 });
  await ledger.admit(priceOfMicros(60), { id });
  expect(await ledger.job(other)).toMatchObject({ state: 'queued' });
});

test('a job that a worker was offered is not withdrawn', async () => {
  const ledger = await Ledger.open();
  const id = await ledger.admit(priceOfMicros(60));
  await moveJobs(ledger.db, [{ jobId: id, to: 'starting', fence: 1, nowMs }]);
  await withdraw(ledger.db, id);
  expect(await ledger.job(id)).toMatchObject({ state: 'starting' });
  expect(await ledger.budget()).toEqual({ spentMicros: 0, reservedMicros: 60 });
});
