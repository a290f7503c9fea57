import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fairOrder, firstInFairOrder } from './fairness.ts';
import type { JobSpec, QueuedJob } from './pool-rows.ts';
import { doneOf, jobIdOf, leaseOn, offersIn, specOf, TestPool } from './test-pool.ts';

/** A pool with one worker whose slots are all busy with one project's burst. */
function burstPool(slots: number, costs: readonly number[], spec: Partial<JobSpec> = {}) {
  const pool = new TestPool({ queued: 2_000, queuedPerProject: 1_500 });
  const effects = [...pool.join('a', { freeSlots: slots })];
  for (const [i, costMs] of costs.entries()) effects.push(...pool.enqueue(i, { costMs, ...spec }));
  return { pool, started: offersIn(effects).map(({ job }) => job) };
}

/** Finishes jobs one by one; returns the order in which the others start. */
function startOrder({ pool, started }: ReturnType<typeof burstPool>, count: number) {
  const running = [...started];
  const order: string[] = [];
  for (let i = 0; i < count; i++) {
    const job = running.shift();
    if (!job) break;
    pool.frame('a', doneOf(leaseOn(job)));
    const next = offersIn(pool.frame('a', { type: 'ready', freeSlots: 1, resident: [] }));
    running.push(...next.map((offer) => offer.job));
    order.push(...next.map((offer) => offer.job.projectId));
  }
  return order;
}

const costs = fc.integer({ min: 1, max: 60_000 });

describe('fair order', () => {
  test('lets a single job pass a burst of 1,000 with at most one of its jobs before it', () => {
    const burst = burstPool(1, new Array(1_000).fill(4_000));
    burst.pool.enqueue(1_000, { projectId: 'beta', costMs: 60_000 });
    expect(startOrder(burst, 2)).toContain('beta');
  });

  test('lets any single job start after at most one of a burst, whatever they cost', () => {
    fc.assert(
      fc.property(
        fc.array(costs, { minLength: 6, maxLength: 20 }),
        costs,
        fc.nat(3),
        (burst, costMs, lateness) => {
          const { pool, started } = burstPool(1, burst);
          const first = startOrder({ pool, started }, lateness);
          expect(first).toEqual(first.map(() => 'alpha'));
          pool.enqueue(900, { projectId: 'beta', costMs });
          const running = [...pool.pool.jobs.values()].filter(({ state }) => state === 'starting');
          const order = startOrder({ pool, started: running.map(({ facts }) => facts) }, 2);
          expect(order.indexOf('beta')).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('gives projects that always wait the same share of time, to within a job each', () => {
    fc.assert(
      fc.property(fc.array(costs, { minLength: 20, maxLength: 20 }), (alpha) => {
        const burst = burstPool(1, alpha);
        const costMs = 7_000;
        for (let i = 0; i < 41; i++) burst.pool.enqueue(100 + i, { projectId: 'beta', costMs });
        const given = { alpha: alpha[0]!, beta: 0 };
        const queue = alpha.slice(1);
        for (const projectId of startOrder(burst, 40)) {
          if (queue.length === 0) break;
          expect(Math.abs(given.alpha - given.beta)).toBeLessThanOrEqual(Math.max(...alpha, costMs));
          if (projectId === 'alpha') given.alpha += queue.shift()!;
          else given.beta += costMs;
        }
      }),
      { numRuns: 30 },
    );
  });

  test('gives a project nothing for sending its jobs one by one', () => {
    const burst = burstPool(1, new Array(10).fill(4_000));
    const order: string[] = [];
    let running = burst.started;
    for (let i = 0; i < 10; i++) {
      burst.pool.enqueue(100 + i, { projectId: 'beta' });
      order.push(...startOrder({ pool: burst.pool, started: running }, 1));
      running = [...burst.pool.pool.jobs.values()]
        .filter(({ state }) => state === 'starting')
        .map(({ facts }) => facts);
    }
    expect(order.filter((project) => project === 'alpha')).toHaveLength(5);
  });
});

test('the first in fair order is found without ordering the others', () => {
  const job = fc.record({
    projectId: fc.constantFrom('alpha', 'beta', 'gamma'),
    priority: fc.constantFrom('interactive', 'batch'),
    costMs: fc.integer({ min: 0, max: 9 }),
    waitedMs: fc.constantFrom(0, 1, 29_999, 30_000),
  });
  const debts = fc.dictionary(fc.constantFrom('alpha', 'beta', 'gamma'), fc.nat(9));
  fc.assert(
    fc.property(fc.array(job, { maxLength: 12 }), debts, (list, debtOf) => {
      const nowMs = 1_000_000;
      const queued = list.map(({ waitedMs, ...spec }, i): QueuedJob => {
        const rest = { fence: 0, attempts: 0, deaths: 0, isSmaller: false, tried: [], checkpoint: null };
        const facts = { ...specOf(i, nowMs, spec), ...rest, enqueuedAtMs: nowMs - waitedMs };
        return { facts, state: 'queued', notBeforeMs: 0, holder: null };
      });
      const rows = new Map(Object.entries(debtOf).map(([id, debtMs]) => [id, { id, debtMs }]));
      expect(firstInFairOrder(queued, rows, nowMs)).toBe(fairOrder(queued, rows, nowMs)[0]);
    }),
  );
});

describe('order within a project and between priorities', () => {
  test('starts interactive jobs before batch jobs, until these have waited 30 s', () => {
    const { pool, started } = burstPool(1, [4_000, 4_000], { priority: 'batch' });
    pool.frame('a', { type: 'accept', ...leaseOn(started[0]!) });
    pool.enqueue(10, { projectId: 'beta' });
    pool.enqueue(11, { projectId: 'beta' });
    expect(startOrder({ pool, started }, 1)).toEqual(['beta']);
    const [running] = [...pool.pool.jobs.values()].filter(({ state }) => state === 'starting');
    for (let beat = 0; beat < 3; beat++) {
      pool.pass(10_000);
      const lease = { ...leaseOn(running!.facts), step: 1, steps: 12, etaMs: null };
      pool.frame('a', { type: 'beat', leases: [lease] });
    }
    expect(startOrder({ pool, started: [running!.facts] }, 1)).toEqual(['alpha']);
  });

  test('is by age within a project', () => {
    const { pool, started } = burstPool(1, [4_000]);
    for (const index of [7, 3, 5]) {
      pool.pass(1);
      pool.enqueue(index);
    }
    pool.frame('a', doneOf(leaseOn(started[0]!)));
    const [offer] = offersIn(pool.frame('a', { type: 'ready', freeSlots: 1, resident: [] }));
    expect(offer?.job.id).toBe(jobIdOf(7));
  });
});
