import { expect, it } from 'vitest';
import { StageClock } from './stage-clock.ts';

it('adds up what each stage took, whether it went well or not', async () => {
  let nowMs = 0;
  const clock = new StageClock(() => nowMs);
  const take = (ms: number, fault?: Error) => async () => {
    nowMs += ms;
    if (fault) throw fault;
    return ms;
  };
  expect(await clock.timed('read', take(5))).toBe(5);
  await clock.timed('read', take(7));
  nowMs += 100;
  await expect(clock.timed('decode', take(11, new Error('corrupt')))).rejects.toThrow('corrupt');
  expect(clock.times).toEqual({ read: 12, decode: 11, store: 0 });
});
