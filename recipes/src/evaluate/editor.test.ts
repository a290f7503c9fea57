import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
