import type { JobId } from '@darkroom/shared/ids';
import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ledger, startMs } from '../../../../test/support/ledger.ts';
import { moveJobs } from '../db/jobs.ts';
import { jobs } from '../db/schema.ts';
import { findImbalances } from './audit.ts';
import type { JobEnding } from './charge.ts';
import { settle } from './settle.ts';
import { sweepOverdueJobs } from './sweep.ts';

type Step = (ledger: Ledger, jobId: JobId | undefined) => Promise<unknown>;

const sha256 = 'ab'.repeat(32);
const picture = { key: 'k', sha256, sizeBytes: 1, mime: 'image/png', width: 8, height: 8 } as const;
const capMicros = { project: 1000, key: 700 };
const nowMs = startMs + 1000;

const ending = fc.oneof(
  fc.constant<JobEnding>({
    state: 'succeeded',
    outputs: [picture],
    model: { id: 'darkroom/edit', sha256 },
  }),
  fc.nat(15).map((stepsDone): JobEnding => ({ state: 'canceled', stepsDone })),
  fc.constantFrom<JobEnding>(
    { state: 'failed', code: 'internal', detail: '' },
    { state: 'blocked', code: 'blocked', detail: '' },
    { state: 'expired' },
  ),
);
const fence = fc.integer({ min: 1, max: 3 });

const admission = fc.record({ pictureMicros: fc.nat(300), key: fc.constantFrom('first', 'second') }).map(
  ({ pictureMicros, key }): Step =>
    async (ledger) => {
      const price = { priceId: '2026-11', pictureMicros, pictures: 2, steps: 5 } as const;
      const keyId = key === 'first' ? ledger.keyId : `${ledger.projectId}-second`;
      await ledger.admit(price, { keyId }).catch((error) => {
        expect(error.code).toMatch(/^(insufficient_credit|spend_cap_reached)$/);
      });
    },
);
const end = fc.record({ ending, fence: fc.option(fence) }).map(
  (how): Step =>
    async ({ db }, jobId) =>
      jobId && (await settle(db, { ...how, jobId, nowMs })),
);
const move = fc.record({ to: fc.constantFrom('queued', 'starting', 'running'), fence }).map(
  (how): Step =>
    async ({ db }, jobId) =>
      jobId && (await moveJobs(db, [{ ...how, jobId, nowMs }])),
);
const sweep = fc.constantFrom(0, 90_000).map(
  (laterMs): Step =>
    async ({ db }) =>
      await sweepOverdueJobs(db, { nowMs: nowMs + laterMs, graceMs: 0, limit: 100 }),
);

async function jobIdsOf({ db, projectId }: Ledger): Promise<JobId[]> {
  const rows = await db.select({ id: jobs.id }).from(jobs).where(eq(jobs.projectId, projectId));
  return rows.map(({ id }) => id);
}

async function expectSound(ledger: Ledger): Promise<void> {
  expect(await findImbalances(ledger.db)).toEqual([]);
  for (const [holderId, cap] of [
    [ledger.projectId, capMicros.project],
    [ledger.keyId, capMicros.key],
  ] as const) {
    const { spentMicros, reservedMicros } = await ledger.budget(holderId);
    expect(reservedMicros).toBeGreaterThanOrEqual(0);
    expect(spentMicros + reservedMicros).toBeLessThanOrEqual(cap);
  }
}

test('whatever happens in whatever order, caps hold, nothing is reserved below zero, and spent is what was billed', async () => {
  const step = fc.oneof({ weight: 3, arbitrary: admission }, { weight: 3, arbitrary: end }, move, sweep);
  const steps = fc.array(fc.record({ step, which: fc.nat(7) }), { minLength: 4, maxLength: 16 });
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const ledger = await Ledger.open(capMicros);
      await ledger.capKey(`${ledger.projectId}-second`, null);
      for (const { step, which } of sequence) {
        const jobIds = await jobIdsOf(ledger);
        await step(ledger, jobIds[which % Math.max(1, jobIds.length)]);
        await expectSound(ledger);
      }
    }),
    { numRuns: 12 },
  );
});
