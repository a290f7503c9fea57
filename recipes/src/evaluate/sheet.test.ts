import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Pixels } from '../pixels.ts';
import type { Shown } from './edit-quality.ts';
import { writeSheet } from './sheet.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheet-'));
});
afterEach(() => rm(folder, { recursive: true }));

const plain = (r: number, g: number, b: number): Pixels => ({
  width: 30,
  height: 20,
  data: Float32Array.from({ length: 1800 }, (_, i) => [r, g, b][i % 3] as number),
});

/** Mean colour of a rectangle of a picture, in [0, 255]. */
async function colourAt(file: string, left: number, top: number): Promise<number[]> {
  const { channels } = await sharp(
    await sharp(file).extract({ left, top, width: 40, height: 40 }).toBuffer(),
  ).stats();
  return channels.map(({ mean }) => mean);
}

it('a sheet shows before and after side by side, four pairs in a row', async () => {
  const file = join(folder, 'sheet.jpg');
  const red = plain(1, 0, 0);
  const blue = plain(0, 0, 1.5); // what lies beyond 1 is white point
  const shown = Array.from(
    { length: 5 },
    (): Shown => ({ id: 'night', instruction: '变成 <night> & "day"', before: red, after: blue }),
  );
  await writeSheet(shown, file);
  expect(await sharp(file).metadata()).toMatchObject({ format: 'jpeg', width: 4 * 488, height: 2 * 182 });
  for (const [column, row] of [
    [0, 0],
    [3, 0],
    [0, 1],
  ] as const) {
    const [left, top] = [column * 488 + 60, row * 182 + 60];
    const [before, after] = [await colourAt(file, left, top), await colourAt(file, left + 242, top)];
    expect(before[0]).toBeGreaterThan(240);
    expect(before[2]).toBeLessThan(15);
    expect(after[0]).toBeLessThan(15);
    expect(after[2]).toBeGreaterThan(240);
  }
  expect(Math.min(...(await colourAt(file, 488 + 60, 182 + 60)))).toBeGreaterThan(240); // no sixth pair
});
