import { join } from 'node:path';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { type BinaryMask, maskBox, maskIou } from '@darkroom/gpu-worker/vision/binary-mask';
import { openVisionModel } from '@darkroom/gpu-worker/vision/open-vision-model';
import { expect, test } from 'vitest';
import { firstClick } from '../../compositions/clicks.ts';
import { drawnSources } from '../../compositions/drawn-sources.ts';
import { composeScene } from '../../compositions/scene.ts';
import { worn } from '../../compositions/wear.ts';
import { dice } from '../../dice.ts';

const folder = join(import.meta.dirname, '../../../../weights/segment');
const size = { width: 480, height: 360 };

test('the embedded segmenter outlines plain discs by a click and by a box, sharper than its decoder does', async () => {
  await using store = new ModelStore({ budgetBytes: 1e9, threads: 1 });
  const segmenter = await openVisionModel('segment', folder, store);
  const sources = drawnSources([96, 120, 84], [210, 40, 30]);
  const ious = { click: [] as number[], box: [] as number[] };
  for (let i = 0; i < 5; i++) {
    const random = dice(21, i);
    const { image, instances } = composeScene(sources, size, random);
    const picture = { ...size, channels: 3, data: await worn(image, random) } as const;
    const embedding = await segmenter.encode(picture);
    for (const { mask } of instances) {
      const wanted: BinaryMask = {
        ...size,
        data: Uint8Array.from(mask.data, (value) => Number(value >= 0.5)),
      };
      const prompts = { click: { points: [firstClick(wanted)!] }, box: { box: maskBox(wanted)! } };
      for (const kind of ['click', 'box'] as const) {
        const [answer] = await segmenter.predict(embedding, [prompts[kind]]);
        const { best, candidates } = answer!;
        const middle = (planes: readonly (typeof best)[]): number =>
          planes.reduce((sum, { logits }) => sum + logits.data[logits.width * 40 + 40]!, 0) / planes.length;
        expect(candidates).toHaveLength(4);
        expect(middle([best])).toBeCloseTo(middle(candidates), 4);
        expect(best.score).toBe(candidates[0]?.score);
        ious[kind].push(maskIou(await segmenter.maskOf(embedding, prompts[kind], answer!.best), wanted));
      }
    }
  }
  const mean = (list: readonly number[]): number => list.reduce((sum, iou) => sum + iou, 0) / list.length;
  expect(ious.click.length).toBeGreaterThan(4);
  expect(mean(ious.click)).toBeGreaterThan(0.86);
  expect(mean(ious.box)).toBeGreaterThan(0.9);
});
