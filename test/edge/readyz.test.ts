import type { D1Database } from '@cloudflare/workers-types';
import { createApp } from '@darkroom/edge/app';
import { openDatabase } from '@darkroom/edge/db/database';
import type { JobPools } from '@darkroom/edge/dispatch/job-pools';
import { expect, test } from 'vitest';
import { edgeUnderTest } from './edge-app.ts';

test('an edge whose database and pool answer is ready, though no worker is here: jobs wait for one', async () => {
  const { app } = await edgeUnderTest();
  const response = await app.request('/readyz');
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toEqual({
    status: 'ready',
    pools: { default: { queued: 0, oldestWaitMs: 0, slots: 0, busySlots: 0, workers: 0 } },
  });
});

test('an edge whose pool does not answer is not', async () => {
  const { deps } = await edgeUnderTest();
  const pools: JobPools = {
    ...deps.pools,
    health: async () => {
      throw new Error('the pool is down');
    },
  };
  const { app, failures } = await edgeUnderTest({ deps: { pools } });
  const response = await app.request('/readyz');
  expect(response.status).toBe(503);
  expect(await response.text()).not.toContain('down');
  expect(failures.map(({ error }) => error.code)).toEqual(['dependency_unavailable']);
});

test('an edge whose database does not answer is not, and says when to ask again', async () => {
  const { deps, failures } = await edgeUnderTest();
  const down = {
    prepare: () => {
      throw new Error('the database is down');
    },
  } as unknown as D1Database;
  const response = await createApp({ ...deps, db: openDatabase(down) }).request('/readyz');
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('2');
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({ code: 'dependency_unavailable', retryable: true });
  expect(text).not.toContain('down');
  expect(failures.map(({ error }) => error.code)).toEqual(['dependency_unavailable']);
});
