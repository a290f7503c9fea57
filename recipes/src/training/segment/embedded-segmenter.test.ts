import { join } from 'node:path';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { openSam } from '@darkroom/gpu-worker/vision/sam-model';
import { SamPredictor } from '@darkroom/gpu-worker/vision/sam-predictor';
import { expect, test } from 'vitest';
import { drawnSources } from '../../compositions/drawn-sources.ts';
import { dice } from '../../dice.ts';
import { maskStride, type PreparedInstance, prepareScene } from './scene-chunk.ts';

const folder = join(import.meta.dirname, '../../../../weights/segment');

/** Of an answer with a thing, at the decoder's size. */
function overlap(logits: Float32Array, { mask }: PreparedInstance): number {
  let [both, either] = [0, 0];
  mask.forEach((value, i) => {
    const [found, wanted] = [(logits[i] as number) > 0, value > 127];
    both += Number(found && wanted);
    either += Number(found || wanted);
  });
  return both / either;
}

test('the embedded segmenter outlines plain discs by a click and by a box', async () => {
  await using store = new ModelStore({ budgetBytes: 1e9 });
  const model = await openSam(folder);
  const predictor = new SamPredictor(store, model);
  const side = model.config.vision_config.image_size;
  const sources = drawnSources([96, 120, 84], [210, 40, 30]);
  const ious: number[][] = [[], []];
  for (let i = 0; i < 4; i++) {
    const scene = await prepareScene(sources, side, dice(21, i));
    const embedding = await predictor.encode({ width: side, height: side, channels: 3, data: scene.image });
    for (const instance of scene.instances) {
      const [x, y] = instance.inside as unknown as readonly [number, number];
      const box = instance.box.map((value) => Math.min(side, Math.max(0, value)));
      const prompts = [
        { points: [{ x, y, isInside: true }] },
        { box: box as [number, number, number, number] },
      ];
      const answers = await predictor.predict(embedding, prompts);
      for (const [k, { best }] of answers.entries()) ious[k]?.push(overlap(best.logits.data, instance));
    }
  }
  const [click, boxed] = ious.map((list) => list.reduce((sum, iou) => sum + iou, 0) / list.length);
  expect(ious[0]?.length).toBeGreaterThan(3);
  expect(click).toBeGreaterThan(0.6);
  expect(boxed).toBeGreaterThan(0.7);
  expect(side / maskStride).toBe(predictor.logitSide);
});
