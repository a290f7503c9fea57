import { describe, expect, test } from 'vitest';
import { Ledger, priceOfMicros } from '../../../../test/support/ledger.ts';
import { setCap } from '../db/budgets.ts';
import { findImbalances } from './audit.ts';
import { reserve } from './reserve.ts';

describe('reserve, within the caps,', () => {
  test('writes the job and holds its price on the key and on the project', async () => {
    const ledger = await Ledger.open({ project: 1000, key: 500 });
    const id = await ledger.admit({ priceId: '2026-11', pictureMicros: 100, pictures: 3, steps: 12 });
    expect(await ledger.job(id)).toMatchObject({
      state: 'queued',
      fence: 0,
      priceId: '2026-11',
      pictureMicros: 100,
      pictures: 3,
      steps: 12,
      reservedMicros: 300,
      chargedMicros: 0,
      request: { kind: 'edit', prompt: 'make it snow', count: 1 },
    });
    const held = { spentMicros: 0, reservedMicros: 300 };
    expect(await ledger.budget()).toEqual(held);
    expect(await ledger.budget(ledger.keyId)).toEqual(held);
  });

  test.each([
    ['the key', { project: 100_000, key: 1000 }, 'spend_cap_reached'],
    ['the project', { project: 1000 }, 'insufficient_credit'],
  ] as const)('of 200 at once admits exactly the 20 for which %s has room', async (_whose, caps, code) => {
    const ledger = await Ledger.open(caps);
    const tries = await Promise.allSettled(
      Array.from({ length: 200 }, () => ledger.admit(priceOfMicros(50))),
    );
    const refused = tries.filter((one) => one.status === 'rejected').map(({ reason }) => reason.code);
    expect(refused).toEqual(Array.from({ length: 180 }, () => code));
    const held = { spentMicros: 0, reservedMicros: 1000 };
    expect(await ledger.budget()).toEqual(held);
    expect(await ledger.budget(ledger.keyId)).toEqual(held);
    expect(await findImbalances(ledger.db)).toEqual([]);
  });
});

describe('reserve, beyond the caps,', () => {
  test('leaves nothing behind when it refuses', async () => {
    const ledger = await Ledger.open({ key: 99 });
    const job = ledger.newJob();
    await expect(reserve(ledger.db, job, priceOfMicros(100))).rejects.toMatchObject({
      code: 'spend_cap_reached',
      details: { neededMicros: 100 },
    });
    expect(await ledger.job(job.id)).toBeUndefined();
    expect(await ledger.budget()).toEqual({ spentMicros: 0, reservedMicros: 0 });
  });

  test('refuses a job as a whole when only some of its pictures are affordable', async () => {
    const ledger = await Ledger.open({ project: 250 });
    const price = { ...priceOfMicros(100), pictures: 4 };
    await expect(ledger.admit(price)).rejects.toMatchObject({ code: 'insufficient_credit' });
    expect(await ledger.budget()).toEqual({ spentMicros: 0, reservedMicros: 0 });
  });
});

describe('reserve', () => {
  test('admits a job once, even when there is no room for another', async () => {
    const ledger = await Ledger.open({ project: 150 });
    const job = ledger.newJob();
    await reserve(ledger.db, job, priceOfMicros(50));
    await expect(reserve(ledger.db, job, priceOfMicros(50))).rejects.toMatchObject({ code: 'conflict' });
    await expect(reserve(ledger.db, job, priceOfMicros(150))).rejects.toMatchObject({ code: 'conflict' });
    expect(await ledger.budget()).toEqual({ spentMicros: 0, reservedMicros: 50 });
  });

  test('counts a job on its own key and project alone', async () => {
    const [ledger, other] = [await Ledger.open({ key: 100 }), await Ledger.open()];
    await ledger.capKey('second-key', 100);
    await ledger.admit(priceOfMicros(80));
    await ledger.admit(priceOfMicros(90), { keyId: 'second-key' });
    expect((await ledger.budget()).reservedMicros).toBe(170);
    expect((await ledger.budget(ledger.keyId)).reservedMicros).toBe(80);
    expect((await ledger.budget('second-key')).reservedMicros).toBe(90);
    expect((await other.budget()).reservedMicros).toBe(0);
  });

  test('refuses a key without a budget in that project', async () => {
    const [ledger, other] = [await Ledger.open(), await Ledger.open()];
    await expect(ledger.admit(priceOfMicros(1), { keyId: other.keyId })).rejects.toMatchObject({
      code: 'internal',
    });
    expect(await other.budget(other.keyId)).toEqual({ spentMicros: 0, reservedMicros: 0 });
  });

  test('admits nothing more under a cap that was lowered, and takes nothing from jobs under way', async () => {
    const ledger = await Ledger.open({ project: 1000 });
    const id = await ledger.admit(priceOfMicros(600));
    await setCap(ledger.db, { projectId: ledger.projectId, holderId: ledger.projectId }, 100);
    await expect(ledger.admit(priceOfMicros(1))).rejects.toMatchObject({ code: 'insufficient_credit' });
    expect(await ledger.job(id)).toMatchObject({ state: 'queued', reservedMicros: 600 });
  });

  test.each([Number.NaN, -1, 0.5, 2 ** 53, Number.POSITIVE_INFINITY])(
    'refuses a price of %s',
    async (micros) => {
      const ledger = await Ledger.open();
      await expect(ledger.admit(priceOfMicros(micros))).rejects.toThrow('expected whole micro-credits');
      expect(await ledger.budget()).toEqual({ spentMicros: 0, reservedMicros: 0 });
    },
  );

  test('refuses what no budget could count any more', async () => {
    const ledger = await Ledger.open();
    await ledger.admit(priceOfMicros(Number.MAX_SAFE_INTEGER));
    await expect(ledger.admit(priceOfMicros(1))).rejects.toThrow();
    expect((await ledger.budget()).reservedMicros).toBe(Number.MAX_SAFE_INTEGER);
    expect(await findImbalances(ledger.db)).toEqual([]);
  });
});
