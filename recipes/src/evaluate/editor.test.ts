import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeImage } from '@darkroom/gpu-worker/image/decode';
import { toFloat32Image } from '@darkroom/gpu-worker/image/raster';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeTinyModel } from '../../../test/support/tiny-model.ts';
import { dice } from '../dice.ts';
import type { Pixels } from '../pixels.ts';
import { drawScene } from '../teachers/drawn-scene.ts';
import { type Editor, openEditor } from './editor.ts';
import { meanDifference } from './statistics.ts';

let folder: string;
let editor: Editor;
const photo: Pixels = drawScene(48, dice(3, 0)).image;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'editor-'));
  await writeTinyModel(folder);
  editor = await openEditor(folder);
}, 180_000);
afterAll(() => rm(folder, { recursive: true }));

it('an editor answers in the photo’s size, in [0, 1], the same for the same seed', async () => {
  const before = photo.data.slice();
  const first = await editor(photo, 'make it night', { steps: 2 });
  expect([first.width, first.height, first.data.length]).toEqual([48, 48, 48 * 48 * 3]);
  expect(first.data.every((value) => value >= 0 && value <= 1)).toBe(true);
  expect(await editor(photo, 'make it night', { steps: 2, seed: 1 })).toEqual(first);
  expect(photo.data).toEqual(before);
});

it('an editor passes its settings on', async () => {
  const plain = await editor(photo, 'make it night', { steps: 2 });
  for (const settings of [{ seed: 2 }, { steps: 3 }, { guidanceScale: 4 }, { imageGuidanceScale: 3 }])
    expect(
      await editor(photo, 'make it night', { steps: 2, ...settings }),
      JSON.stringify(settings),
    ).not.toEqual(plain);
  await expect(editor(photo, 'make it night', { steps: 0 })).rejects.toThrow();
});

it('text guidance 0 answers as if nothing was asked', async () => {
  const settings = { steps: 2, guidanceScale: 0 };
  const answers = await Promise.all(
    ['make it night', 'remove the car'].map((text) => editor(photo, text, settings)),
  );
  expect(meanDifference(answers[0] as Pixels, answers[1] as Pixels)).toBeLessThan(0.5);
});

it('an editor looks at each picture anew', async () => {
  const file = join(folder, 'model_index.json');
  const index = JSON.parse(await readFile(file, 'utf8'));
  const _darkroom = { ...index._darkroom, recolour_prompt: 'make the ball {colour}' };
  await writeFile(file, JSON.stringify({ ...index, _darkroom }));
  const seeing = await openEditor(folder);
  const cows = toFloat32Image(await decodeImage(await readFile(cowFile)));
  for (const [before, side, other] of [
    [cows, right, left],
    [mirrored(cows), left, right],
  ] as const) {
    const after = await seeing(before, 'remove the cow', { steps: 2 });
    expect(changeIn(before, after, side), 'where the cow was').toBeGreaterThan(0.01);
    expect(changeIn(before, after, other), 'on the other side').toBeLessThan(0.005);
  }
}, 120_000);

const cowFile = join(import.meta.dirname, '../../../test/fixtures/cow.jpg');
/** Columns that the cow covers only as it stands, and only when it is mirrored. */
const [right, left] = [
  [315, 335],
  [49, 69],
] as const;

function mirrored({ width, height, data }: Pixels): Pixels {
  const from = (at: number): number => 3 * (at - (at % width) + width - 1 - (at % width));
  return { width, height, data: data.map((_, i) => data[from(Math.floor(i / 3)) + (i % 3)] as number) };
}

/** Mean change of the columns at the height of the cow's body. */
function changeIn(before: Pixels, after: Pixels, [first, end]: readonly [number, number]): number {
  let [sum, count] = [0, 0];
  for (let y = 150; y < 200; y++) {
    for (let i = 3 * (y * before.width + first); i < 3 * (y * before.width + end); i++) {
      sum += Math.abs((after.data[i] as number) - (before.data[i] as number));
      count += 1;
    }
  }
  return sum / count;
}
