import { afterAll, expect, it } from 'vitest';
import { ModelStore } from '../runtime/model-store.ts';
import { PictureMemory } from './picture-memory.ts';

const store = new ModelStore({ budgetBytes: 100, threads: 1 });
afterAll(() => store[Symbol.asyncDispose]());
const memoryOf = (prefix: string): PictureMemory<{ readonly found: string }> =>
  new PictureMemory(store, { prefix, sizeBytes: ({ found }) => found.length });

it('finds out once about a picture, also for two who ask at the same time', async () => {
  const memory = memoryOf('once');
  let times = 0;
  const find = async (): Promise<{ found: string }> => {
    times += 1;
    return { found: `answer ${times}` };
  };
  const [a, b] = await Promise.all([memory.recallOr('x', find), memory.recallOr('x', find)]);
  expect(a).toBe(b);
  expect(await memory.recallOr('x', find)).toBe(a);
  expect(await memory.recallOr('y', find)).toEqual({ found: 'answer 2' });
  expect(times).toBe(2);
});

it('tells one model’s findings from another’s', async () => {
  await memoryOf('one').recallOr('x', async () => ({ found: 'mine' }));
  expect(await memoryOf('other').recall('x')).toBeUndefined();
  expect(await memoryOf('one').recall('x')).toEqual({ found: 'mine' });
});

it('asks again after a failure', async () => {
  const memory = memoryOf('failing');
  const failing = memory.recallOr('x', async () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await memory.recallOr('x', async () => ({ found: 'yes' }))).toEqual({ found: 'yes' });
});

it('forgets what finds no room', async () => {
  const memory = memoryOf('large');
  await memory.recallOr('x', async () => ({ found: 'x'.repeat(101) }));
  expect(await memory.recall('x')).toBeUndefined();
});
