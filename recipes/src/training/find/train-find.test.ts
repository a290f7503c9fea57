import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { openVisionModel } from '@darkroom/gpu-worker/vision/open-vision-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawnSources } from '../../compositions/drawn-sources.ts';
import { openCutouts } from '../../data/store.ts';
import { objectIds } from '../../edits.ts';
import { writeDrawnScenes, writeDrawnStores } from '../drawn-store.ts';
import { logFigures } from '../log-figures.ts';
import { checkpointFile } from '../run-folder.ts';
import { findBatch } from './find-batch.ts';
import { findNouns } from './find-nouns.ts';
import { type FindScene, makeFindScenes } from './find-scene.ts';
import { exportFind, type FindTrainingPlan, trainFind } from './train-find.ts';

const detector = join(import.meta.dirname, '../../../../weights/detect');
const colours = [
  [90, 100, 110],
  [220, 30, 40],
] as const;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'train-find-'));
  await writeDrawnStores(folder, 32);
  await writeDrawnScenes(folder, ...colours);
});
afterAll(() => rm(folder, { recursive: true }));

function planOf(run: string, until?: number): FindTrainingPlan {
  const shared = { detector, seed: 3, steps: 3, batch: 2, learningRate: 1e-4, saveEvery: 1, threads: 1 };
  return { ...shared, side: 64, folder: join(folder, run), cache: folder, chunkScenes: 4, until };
}

describe('scenes of the finder', () => {
  it('hold things of the list in boxes within the square, and are the same for one seed', async () => {
    const cutouts = await openCutouts(folder);
    const sources = { ...drawnSources(...colours), cutouts };
    const plan = { side: 96, seed: 5, scenes: 12 };
    const scenes = await makeFindScenes(sources, plan, 1);
    const things = scenes.flatMap((scene) => scene.things);
    expect(things.length).toBeGreaterThan(6);
    for (const { object, box } of things) {
      expect(objectIds).toContain(object);
      expect(Math.min(...box)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...box)).toBeLessThanOrEqual(96);
    }
    expect(await makeFindScenes(sources, plan, 1)).toEqual(scenes);
  });

  it('become one bell a thing, with the distances to its sides around the middle', () => {
    const scene: FindScene = {
      image: new Uint8Array(64 * 64 * 3).fill(7),
      things: [{ object: 'bus', box: [8, 16, 40, 32] }],
    };
    const { image, bells, sides, weight } = findBatch([scene], 64);
    expect(image.every((value) => value === 7)).toBe(true);
    const middle = 6 * 16 + 6;
    const bus = objectIds.indexOf('bus') * 256;
    expect(bells[bus + middle]).toBe(1);
    expect(bells.filter((value) => value === 1)).toHaveLength(1);
    expect([0, 1, 2, 3].map((side) => sides[side * 256 + middle])).toEqual([16, 8, 16, 8]);
    expect(weight[middle]).toBe(1);
    expect(weight[0]).toBe(0);
  });

  it('has words of both languages for everything in the list', () => {
    expect(findNouns().map(({ labels }) => labels)).toEqual(objectIds.map((id) => [id]));
    for (const { english, chinese } of findNouns())
      expect(Math.min(english.length, chinese.length)).toBeGreaterThan(0);
  });
});

describe('the finder in training', () => {
  it('goes on where it was stopped with the same numbers', async () => {
    await trainFind(planOf('whole'), () => undefined);
    for (const until of [2, undefined]) await trainFind(planOf('parts', until), () => undefined);
    const lines = await logFigures(join(folder, 'whole'));
    expect(lines).toHaveLength(3);
    expect(await logFigures(join(folder, 'parts'))).toEqual(lines);
  }, 180_000);

  it('is exported as a folder that opens as a detector', async () => {
    const out = join(folder, 'out');
    await exportFind({ checkpoint: checkpointFile(join(folder, 'whole')), detector, seed: 3 }, out);
    await using store = new ModelStore({ budgetBytes: 1e9 });
    const model = await openVisionModel('detect', out, store);
    expect(model.unknownQueries?.(['hat', 'quasar'])).toEqual(['quasar']);
    const photo = {
      width: 64,
      height: 48,
      channels: 3,
      data: new Uint8Array(64 * 48 * 3).fill(120),
    } as const;
    expect(await model.detect(photo, ['hat'], { threshold: 0.9 })).toEqual([]);
  }, 60_000);
});
