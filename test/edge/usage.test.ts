import { usage } from '@darkroom/edge/db/schema';
import { UsageView } from '@darkroom/shared/contracts/usage';
import { describe, expect, test } from 'vitest';
import { type EdgeUnderTest, edgeUnderTest } from './edge-app.ts';

const atMs = Date.UTC(2026, 10, 20, 12);

async function bill({ deps, project, key }: EdgeUnderTest, micros: number): Promise<void> {
  await deps.db.insert(usage).values({
    jobId: `job_${crypto.randomUUID()}`,
    item: 'picture-0',
    projectId: project.id,
    keyId: key.id,
    kind: 'edit',
    priceId: '2026-11',
    quantity: 1,
    micros,
    atMs,
  });
}

describe('GET /v1/usage', () => {
  test('adds up by day, key and kind, for the last thirty days and beside the budget', async () => {
    const nowMs = () => Date.UTC(2026, 10, 25);
    const edge = await edgeUnderTest({ capMicros: 900, deps: { nowMs } });
    await bill(edge, 10);
    await bill(edge, 20);
    const view = UsageView.parse(await (await edge.ask('/v1/usage')).json());
    expect(view).toEqual({
      from: '2026-10-27',
      to: '2026-11-25',
      items: [
        {
          day: '2026-11-20',
          key: edge.key.id,
          kind: 'edit',
          jobs: 2,
          pictures: 2,
          canceledSteps: 0,
          microCredits: 30,
        },
      ],
      budget: { capMicros: 900, spentMicros: 0, reservedMicros: 0 },
    });
  });

  test('tells of the days that were asked for, the last one included', async () => {
    const edge = await edgeUnderTest();
    await bill(edge, 10);
    const items = async (query: string) =>
      UsageView.parse(await (await edge.ask(`/v1/usage?${query}`)).json()).items.length;
    expect(await items('from=2026-11-20&to=2026-11-20')).toBe(1);
    expect(await items('from=2026-11-18&to=2026-11-19')).toBe(0);
  });

  test('tells of one key, with its budget', async () => {
    const edge = await edgeUnderTest({ limits: { spendCapMicros: 50 } });
    const view = UsageView.parse(await (await edge.ask(`/v1/usage?key=${edge.key.id}`)).json());
    expect(view.budget.capMicros).toBe(50);
  });

  test.each(['from=2026-11-02&to=2026-11-01', 'from=2020-01-01&to=2026-01-01', 'from=soon', 'day=1'])(
    'refuses %s',
    async (query) => {
      const { ask } = await edgeUnderTest();
      expect((await ask(`/v1/usage?${query}`)).status).toBe(400);
    },
  );

  test('never tells of another project', async () => {
    const other = await edgeUnderTest();
    await bill(other, 10);
    const { ask } = await edgeUnderTest();
    const view = UsageView.parse(await (await ask('/v1/usage?from=2026-11-20&to=2026-11-20')).json());
    expect(view.items).toEqual([]);
    expect((await ask(`/v1/usage?key=${other.key.id}`)).status).toBe(404);
  });

  test('wants its scope', async () => {
    const { ask } = await edgeUnderTest({ scopes: ['jobs:read'] });
    expect((await ask('/v1/usage')).status).toBe(403);
  });
});
