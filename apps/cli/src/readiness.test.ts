import { expect, test } from 'vitest';
import { awaitWorkers } from './readiness.ts';

test('of no workers nobody has to be asked whether they are here', async () => {
  const nobody = { url: 'http://127.0.0.1:1', key: 'none' };
  await expect(awaitWorkers(nobody, 0, AbortSignal.timeout(60_000))).resolves.toBeUndefined();
});
