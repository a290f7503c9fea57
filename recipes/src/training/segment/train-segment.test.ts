import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { openSam } from '@darkroom/gpu-worker/vision/sam-model';
import { SamPredictor } from '@darkroom/gpu-worker/vision/sam-predictor';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Blend } from '../blend.ts';
import { writeDrawnScenes } from '../drawn-store.ts';
import { logFigures } from '../log-figures.ts';
import { checkpointFile } from '../run-folder.ts';
import { weightsIn } from '../stored-weights.ts';
import { exportSegment } from './export-segment.ts';
import { type SegmentPlan, trainSegment } from './train-segment.ts';

const detector = join(import.meta.dirname, '../../../../weights/detect');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'train-segment-'));
  await writeDrawnScenes(folder, [90, 100, 110], [220, 30, 40]);
});
afterAll(() => rm(folder, { recursive: true }));

/** Two stages, the first without rounds of clicks. */
function planOf(run: string, until?: number): SegmentPlan {
  return {
    stages: [
      { side: 64, images: 1, prompts: 2, rounds: 1, steps: 1 },
      { side: 96, images: 1, prompts: 2, rounds: 2, steps: 2 },
    ],
    seed: 3,
    learningRate: 1e-3,
    folder: join(folder, run),
    cache: folder,
    detector,
    saveEvery: 1,
    chunkScenes: 2,
    threads: 1,
    until,
  };
}

describe('the segmenter in training', () => {
  it('goes on where it was stopped, with the same numbers', async () => {
    await trainSegment(planOf('whole'), () => undefined);
    for (const until of [2, undefined]) await trainSegment(planOf('parts', until), () => undefined);
    const lines = await logFigures(join(folder, 'whole'));
    expect(lines).toHaveLength(3);
    expect(await logFigures(join(folder, 'parts'))).toEqual(lines);
    expect(lines[0]).not.toHaveProperty('iou2');
    expect(lines[2]).toHaveProperty('iou2');
  }, 180_000);

  it('refuses to go on with other settings', async () => {
    const other = { ...planOf('whole'), seed: 4 };
    await expect(trainSegment(other, () => undefined)).rejects.toThrow('begun with other settings');
  });

  it('is exported as a mean of two runs', async () => {
    await trainSegment(planOf('short', 1), () => undefined);
    const biasOf = async (run: string, average?: Blend) => {
      const out = join(folder, `mean ${run} ${average?.share}`);
      const checkpoint = checkpointFile(join(folder, run));
      await exportSegment({ checkpoint, detector, seed: 3, side: 96, average }, out);
      const weight = await weightsIn(out);
      return { out, bias: weight('mask_decoder.conv_s0.bias')[0] as number };
    };
    const [whole, short] = [await biasOf('whole'), await biasOf('short')];
    expect(whole.bias).not.toBe(short.bias);
    const mean = await biasOf('whole', { folder: short.out, share: 0.75 });
    expect(mean.bias).toBeCloseTo(0.75 * whole.bias + 0.25 * short.bias, 6);
  }, 60_000);

  it('is exported as a folder that answers clicks', async () => {
    const out = join(folder, 'out');
    const checkpoint = checkpointFile(join(folder, 'whole'));
    await exportSegment({ checkpoint, detector, seed: 3, side: 96 }, out);
    await using store = new ModelStore({ budgetBytes: 1e9 });
    const predictor = new SamPredictor(store, await openSam(out));
    const data = new Uint8Array(60 * 40 * 3).fill(120);
    const embedding = await predictor.encode({ width: 60, height: 40, channels: 3, data });
    const [answer] = await predictor.predict(embedding, [{ points: [{ x: 30, y: 20, isInside: true }] }]);
    expect(answer?.candidates).toHaveLength(4);
    expect(answer?.best.logits).toMatchObject({ width: 24, height: 24 });
    await expect(trainSegment({ ...planOf('wrong', 1), from: detector }, () => undefined)).rejects.toThrow(
      'nothing in it fits',
    );
  });
});
