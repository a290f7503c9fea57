import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { maskArea } from '@darkroom/gpu-worker/vision/binary-mask';
import { openVisionModel } from '@darkroom/gpu-worker/vision/open-vision-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawnSources } from '../../compositions/drawn-sources.ts';
import type { Blend } from '../blend.ts';
import { writeDrawnScenes } from '../drawn-store.ts';
import { logFigures } from '../log-figures.ts';
import { checkpointFile } from '../run-folder.ts';
import { makeSamples } from './refine-sample.ts';
import { exportRefined, type RefineTrainingPlan, trainRefine } from './train-refine.ts';

const segmenter = join(import.meta.dirname, '../../../../weights/segment');
const refiner = { image_size: 64, channels: [8, 8, 8, 8, 8] };
const [ground, disc] = [
  [90, 100, 110],
  [220, 30, 40],
] as const;
const sources = drawnSources(ground, disc);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'train-refine-'));
  await writeDrawnScenes(folder, ground, disc);
});
afterAll(() => rm(folder, { recursive: true }));

function planOf(run: string, until?: number): RefineTrainingPlan {
  return {
    segmenter,
    refiner,
    seed: 3,
    steps: 3,
    batch: 2,
    learningRate: 1e-3,
    folder: join(folder, run),
    cache: folder,
    saveEvery: 1,
    chunkScenes: 2,
    threads: 1,
    until,
  };
}

describe('samples of a refiner', () => {
  it('hold the thing that was asked about, and the answer so far', async () => {
    await using store = new ModelStore({ budgetBytes: 1e9 });
    const model = await openVisionModel('segment', segmenter, store);
    const plan = { side: 64, seed: 5, scenes: 3 };
    const samples = await makeSamples(sources, model, plan, 1);
    expect(samples.length).toBeGreaterThan(5);
    const plane = 32 * 32;
    let [agreed, all] = [0, 0];
    for (const { image, guide, target } of samples) {
      expect([image.length, guide.length, target.length]).toEqual([3 * 64 * 64, 3 * plane, plane]);
      expect(target.some((value) => value > 200)).toBe(true);
      for (let i = 0; i < plane; i++) {
        all += 1;
        agreed += Number((guide[i] as number) > 0 === (target[i] as number) > 127);
      }
    }
    expect(agreed / all).toBeGreaterThan(0.7);
    expect(await makeSamples(sources, model, plan, 1)).toEqual(samples);
  }, 60_000);
});

describe('the refiner in training', () => {
  it('begins with the answer as it is, and goes on where it was stopped with the same numbers', async () => {
    await trainRefine(planOf('whole'), () => undefined);
    for (const until of [2, undefined]) await trainRefine(planOf('parts', until), () => undefined);
    const lines = await logFigures(join(folder, 'whole'));
    expect(lines).toHaveLength(3);
    expect(await logFigures(join(folder, 'parts'))).toEqual(lines);
    expect(lines[0]?.['iou']).toBe(lines[0]?.['before']);
  }, 180_000);

  it('ends with the reason when its samples cannot be made', async () => {
    const astray = { ...planOf('astray'), cache: join(folder, 'nowhere') };
    await expect(trainRefine(astray, () => undefined)).rejects.toThrow('nowhere');
  }, 60_000);

  it('is exported beside the segmenter, which then looks twice', async () => {
    const out = join(folder, 'out');
    await exportRefined({ checkpoint: checkpointFile(join(folder, 'whole')), segmenter, refiner }, out);
    await using store = new ModelStore({ budgetBytes: 1e9 });
    const model = await openVisionModel('segment', out, store);
    const data = new Uint8Array(120 * 90 * 3).fill(120);
    for (let y = 30; y < 60; y++) data.fill(230, (y * 120 + 40) * 3, (y * 120 + 80) * 3);
    const embedding = await model.encode({ width: 120, height: 90, channels: 3, data });
    const prompt = { box: [40, 30, 80, 60] as const };
    const [answer] = await model.predict(embedding, [prompt]);
    const mask = await model.maskOf(embedding, prompt, answer!.best);
    expect(mask).toMatchObject({ width: 120, height: 90 });
    expect(maskArea(mask)).toBeGreaterThan(600);
    expect(mask.data[10 * 120 + 10]).toBe(0);
    await expect(trainRefine({ ...planOf('wrong'), from: folder }, () => undefined)).rejects.toThrow(
      'model.safetensors',
    );
  }, 60_000);

  it('is exported as a mean of two runs', async () => {
    const weightOf = async (run: string, average?: Blend) => {
      const out = join(folder, `${run} ${average?.share}`);
      const checkpoint = checkpointFile(join(folder, run));
      await exportRefined({ checkpoint, segmenter, refiner, average }, out);
      const stored = await readSafetensors(join(out, 'model.safetensors'));
      return { out, bias: toFloat32(stored.get('refiner.mask.bias')!)[0]! };
    };
    await trainRefine(planOf('short', 1), () => undefined);
    const [whole, short] = [await weightOf('whole'), await weightOf('short')];
    expect(whole.bias).not.toBe(short.bias);
    const mean = await weightOf('whole', { folder: short.out, share: 0.75 });
    expect(mean.bias).toBeCloseTo(0.75 * whole.bias + 0.25 * short.bias, 6);
  }, 60_000);
});
