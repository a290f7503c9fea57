import { expect, test } from 'vitest';
import { rememberModels } from './remembered-models.ts';

test('models are remembered for two seconds from the question on, and not from a clock that was set back', async () => {
  const clock = { nowMs: 10_000 };
  const model = { id: 'a/b', sha256: null, kinds: ['edit'], isOnline: true } as const;
  const answer = Promise.withResolvers<void>();
  const models = rememberModels(
    { models: () => answer.promise.then(() => [model]) },
    { nowMs: () => clock.nowMs },
  );
  expect(models.recent).toBeUndefined();
  const asked = models.ask();
  clock.nowMs += 500;
  answer.resolve();
  expect(await asked).toEqual([model]);
  expect(models.recent).toEqual([model]);
  clock.nowMs += 1_499;
  expect(models.recent).toEqual([model]);
  clock.nowMs += 1;
  expect(models.recent).toBeUndefined();
  clock.nowMs = 9_999;
  expect(models.recent).toBeUndefined();
});
