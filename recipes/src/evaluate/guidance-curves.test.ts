import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pixels } from '../pixels.ts';
import { openSources, writeDrawnStores } from '../training/drawn-store.ts';
import type { Sources } from '../training/example.ts';
import type { Editor } from './editor.ts';
import { guidanceCurves, rankCorrelation, unguidedFidelity } from './guidance-curves.ts';

describe('rank correlation', () => {
  it.each([
    ['a rising list', [1, 2, 3, 4, 5], [0.1, 0.2, 0.9, 7, 7.5], 1],
    ['a falling list', [1, 2, 3, 4, 5], [9, 4, 3, 2, -1], -1],
    ['neighbours exchanged', [1, 2, 3, 4, 5], [2, 1, 4, 3, 5], 0.8],
    // IQ and hours of television, the worked example of many textbooks: -29/165.
    [
      'ten pairs',
      [106, 100, 86, 101, 99, 103, 97, 113, 112, 110],
      [7, 27, 2, 50, 28, 29, 20, 12, 6, 17],
      -29 / 165,
    ],
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
    ['a tie', [1, 2, 2, 4], [1, 2, 3, 4], 4.5 / Math.sqrt(4.5 * 5)],
    ['a list that does not move', [1, 2, 3, 4, 5], [3, 3, 3, 3, 3], 0],
  ])('of %s', (_title, a, b, expected) => {
    expect(rankCorrelation(a, b)).toBeCloseTo(expected, 10);
    expect(rankCorrelation(b, a)).toBeCloseTo(expected, 10);
  });
});

describe('guidance', () => {
  let folder: string;
  let sources: Sources;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'guidance-'));
    await writeDrawnStores(folder, 4);
    sources = await openSources(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Darkens with text guidance, and less so with image guidance. */
  const obedient: Editor = async (
    image,
    _instruction,
    { guidanceScale = 1, imageGuidanceScale = 1 } = {},
  ) => {
    const factor = 1 - (0.3 * guidanceScale) / imageGuidanceScale;
    return { ...image, data: image.data.map((value) => value * factor) };
  };
  const deaf: Editor = async (image) => ({ ...image, data: image.data.map((value) => 0.9 * value) });

  it('of an editor that follows both scales strengthens and weakens', async () => {
    const [text, photo] = await guidanceCurves(obedient, sources, 1);
    expect([text?.knob, photo?.knob]).toEqual(['guidanceScale', 'imageGuidanceScale']);
    expect(text?.correlation).toBeCloseTo(1, 10);
    expect(photo?.correlation).toBeCloseTo(-1, 10);
    expect(text?.distances).toEqual([...(text?.distances ?? [])].sort((a, b) => a - b));
  });

  it('of an editor that hears neither correlates with nothing', async () => {
    const curves = await guidanceCurves(deaf, sources, 1);
    expect(curves.map(({ correlation }) => correlation)).toEqual([0, 0]);
  });

  it('of 0 gives the photo back, or is measured by how far it does not', async () => {
    expect(await unguidedFidelity(obedient, sources, 1)).toEqual(Array(8).fill(99));
    const shifted: Editor = async ({ width, height, data }: Pixels) => ({
      width,
      height,
      data: data.map((value) => value + 0.1),
    });
    // An error of 0.1 everywhere is 20 dB.
    for (const fidelity of await unguidedFidelity(shifted, sources, 1)) expect(fidelity).toBeCloseTo(20, 3);
  });
});
