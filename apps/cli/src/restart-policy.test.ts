import { expect, it } from 'vitest';
import { nextRestart } from './restart-policy.ts';

const short = (code: number | null) => ({ code, livedMs: 100 });

it('waits twice as long after each short life, and gives up when none is long', () => {
  const delays: number[] = [];
  let failures = 0;
  while (true) {
    const next = nextRestart(short(1), failures);
    if (next.kind === 'give-up') break;
    delays.push(next.delayMs);
    failures = next.failures;
  }
  expect(delays).toEqual([400, 800, 1600, 3200]);
});

it('begins anew after a life that started well, however it ended', () => {
  expect(nextRestart({ code: null, livedMs: 10_000 }, 4)).toEqual({
    kind: 'restart',
    delayMs: 200,
    failures: 0,
  });
});

it('gives up at once where the words or the environment are wrong', () => {
  expect(nextRestart({ code: 2, livedMs: 60_000 }, 0)).toEqual({ kind: 'give-up' });
});
