import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { Ledger, priceOfMicros } from '../../../../test/support/ledger.ts';
import { budgets } from '../db/schema.ts';
import { findImbalances } from './audit.ts';

test('findImbalances names a budget that disagrees with the rows behind it', async () => {
  const ledger = await Ledger.open();
  await ledger.admit(priceOfMicros(40));
  expect(await findImbalances(ledger.db)).toEqual([]);
  await ledger.db.update(budgets).set({ spentMicros: 5 }).where(eq(budgets.holderId, ledger.keyId));
  expect(await findImbalances(ledger.db)).toEqual([
    {
      projectId: ledger.projectId,
      holderId: ledger.keyId,
      spentMicros: 5,
      billedMicros: 0,
      reservedMicros: 40,
      heldMicros: 40,
    },
  ]);
});
