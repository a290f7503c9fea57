import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { logFile, logStep, trimLog } from './run-folder.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-folder-'));
  file = logFile(folder);
});
afterEach(() => rm(folder, { recursive: true }));

async function log(...steps: readonly number[]): Promise<void> {
  for (const step of steps) await logStep(file, step, { loss: step / 4 });
}

it('a log has one line per step, and goes on after the last one kept', async () => {
  await log(1, 2, 3, 4);
  await trimLog(file, 2);
  await log(3);
  expect(await readFile(file, 'utf8')).toBe(
    '{"step":1,"loss":0.25}\n{"step":2,"loss":0.5}\n{"step":3,"loss":0.75}\n',
  );
  expect(await readdir(folder)).toEqual(['log.jsonl']);
});

it.each(['{"st', '{"step":3,"loss":0.75}', '{"step":1,"lo'])(
  'a last line that was cut short goes: %s',
  async (cut) => {
    await log(1, 2);
    await writeFile(file, cut, { flag: 'a' });
    await trimLog(file, 9);
    expect(await readFile(file, 'utf8')).toBe('{"step":1,"loss":0.25}\n{"step":2,"loss":0.5}\n');
  },
);

it('a run without a log has nothing to trim', async () => {
  await trimLog(file, 5);
  expect(await readdir(folder)).toEqual([]);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY])('a figure of %s ends the run', async (value) => {
  await expect(logStep(file, 7, { loss: 1, gradient_norm: value })).rejects.toThrow(
    `gradient_norm became ${value} at step 7`,
  );
});
