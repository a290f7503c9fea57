import type { JobPools } from '@darkroom/edge/dispatch/job-pools';
import { expect, test } from 'vitest';
import { edgeUnderTest } from './edge-app.ts';

test('an edge whose database and pool answer is ready', async () => {
  const { app } = await edgeUnderTest();
  const response = await app.request('/readyz');
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ status: 'ready', pools: { default: { queued: 0 } } });
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
