import { expect, it } from 'vitest';
import { StepProgress } from './progress.ts';

function drawn(isTTY: boolean): { written: string[]; bar: StepProgress; clock: { ms: number } } {
  const written: string[] = [];
  const clock = { ms: 0 };
  const stream = { isTTY, columns: 60, write: (text: string) => written.push(text) };
  return { written, bar: new StepProgress(stream, () => clock.ms), clock };
}

it('tells the time left by the share gained since the first step, whatever passed before it', () => {
  const { written, bar, clock } = drawn(true);
  clock.ms = 30_000;
  bar.update({ step: 1, steps: 4, pct: 20 });
  clock.ms = 32_000;
  bar.update({ step: 2, steps: 4, pct: 40 });
  expect(written).toEqual([
    '\r████░░░░░░░░░░░░░░░░  20%  step 1/4\x1b[K',
    '\r████████░░░░░░░░░░░░  40%  step 2/4  6s left\x1b[K',
  ]);
});

it('ends its line once, and none where it drew nothing', () => {
  const { written, bar } = drawn(true);
  bar.finish();
  expect(written).toEqual([]);
  bar.announce('opening the model');
  bar.finish();
  bar.finish();
  expect(written).toEqual(['\ropening the model\x1b[K', '\n']);
});

it('keeps within the width', () => {
  const { written, bar } = drawn(true);
  bar.announce('a'.repeat(100));
  expect(written).toEqual([`\r${'a'.repeat(59)}…\x1b[K`]);
});

it('writes a plain line for each step where there is no terminal', () => {
  const { written, bar, clock } = drawn(false);
  bar.announce('opening the model');
  for (const step of [1, 2, 3]) {
    bar.update({ step, steps: 3, pct: 30 * step });
    clock.ms += 3_000;
  }
  bar.finish();
  expect(written).toEqual(['step 1/3\n', 'step 2/3  4s left\n', 'step 3/3  finishing\n']);
});
