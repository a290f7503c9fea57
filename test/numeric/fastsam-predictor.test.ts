/** Prompts of FastSAM through the real store and sessions. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Raster } from '@darkroom/gpu-worker/image/raster';
import { fastSamConfigOf } from '@darkroom/gpu-worker/models/fastsam/config';
import { declareFastSam } from '@darkroom/gpu-worker/models/fastsam/network';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { maskBox } from '@darkroom/gpu-worker/vision/binary-mask';
import { openFastSam } from '@darkroom/gpu-worker/vision/fastsam-model';
import { FastSamPredictor } from '@darkroom/gpu-worker/vision/fastsam-predictor';
import { aboveThreshold, logitsOfPicture, maskOfPicture } from '@darkroom/gpu-worker/vision/mask-logits';
import { decodeRle } from '@darkroom/gpu-worker/vision/mask-rle';
import { sizeOf } from '@darkroom/graph/shape';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyFastSam, tinyFastSamWeights } from '../support/tiny-fastsam.ts';

let folder: string;
let store: ModelStore;
let predictor: FastSamPredictor;
const photo: Raster = {
  width: 90,
  height: 60,
  channels: 3,
  data: Uint8Array.from({ length: 90 * 60 * 3 }, (_, i) => (i * 31 + Math.floor(i / 270) * 5) % 256),
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fastsam-'));
  const tensors = new Map<string, WritableTensor>();
  const declared = declareFastSam(tinyFastSam);
  for (const [name, data] of tinyFastSamWeights()) {
    tensors.set(name, { dtype: 'F32', shape: declared.get(name)?.shape ?? [], data });
  }
  tensors.set('model.0.bn.num_batches_tracked', { dtype: 'I64', shape: [], data: BigInt64Array.of(9n) });
  await writeSafetensors(join(folder, 'model.safetensors'), tensors);
  await writeFile(join(folder, 'config.json'), JSON.stringify(tinyFastSam));
  store = new ModelStore({ budgetBytes: 1e8, threads: 1 });
  // Random weights are sure of nothing, so the filter is opened wide.
  predictor = new FastSamPredictor(store, await openFastSam(folder), { minConfidence: 0.2, maxMasks: 40 });
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe('FastSamPredictor', () => {
  it('outlines everything once, in the picture’s own pixels, and remembers it', async () => {
    const embedding = await predictor.embed('photo', photo);
    const found = predictor.everything(embedding);
    expect(found.length).toBeGreaterThan(3);
    for (const { rle, area, box } of found) {
      const mask = decodeRle(rle);
      expect([mask.width, mask.height]).toEqual([90, 60]);
      expect(mask.data.reduce((sum, inside) => sum + inside, 0)).toBe(area);
      expect(maskBox(mask)).toEqual(box);
    }
    expect(await predictor.embed('photo', photo)).toBe(embedding);
    expect(await predictor.recall('photo')).toBe(embedding);
    expect(await predictor.recall('another')).toBeUndefined();
  });

  it.each([
    ['wide', 90, 60],
    ['high', 60, 90],
  ])(
    'answers clicks and boxes on a %s picture with masks that are enlarged as SAM’s are',
    async (_, width, height) => {
      const embedding = await predictor.encode({ ...photo, width, height });
      const [largest] = predictor.everything(embedding).toSorted((a, b) => b.area - a.area);
      const mask = decodeRle(largest!.rle);
      const at = mask.data.indexOf(1);
      const click = { x: (at % width) + 0.5, y: Math.floor(at / width) + 0.5, isInside: true };
      const boxPrompt = { box: largest!.box };
      const answers = await predictor.predict(embedding, [{ points: [click] }, boxPrompt, boxPrompt]);
      const [clicked, boxed] = answers.map(({ best }) => maskOfPicture(best.logits, embedding.fit));
      expect(clicked!.data[at]).toBe(1);
      expect(boxed).toEqual(mask);
      expect(aboveThreshold(logitsOfPicture(answers[1]!.best.logits, embedding.fit))).toEqual(mask);
      expect(answers[1]?.best.score).toBeCloseTo(largest!.score, 6);
      expect(answers[2]).toBe(answers[1]);
      const [none] = await predictor.predict(embedding, [{ points: [{ ...click, isInside: false }] }]);
      expect(none?.best.score).toBe(0);
      expect(maskOfPicture(none!.best.logits, embedding.fit).data.includes(1)).toBe(false);
    },
  );

  it('answers a box with clicks by a mask that agrees with all of them', async () => {
    const embedding = await predictor.embed('photo', photo);
    const box = [0, 0, 90, 60] as const;
    const [alone] = await predictor.predict(embedding, [{ box }]);
    const first = maskOfPicture(alone!.best.logits, embedding.fit).data.indexOf(1);
    const beside = { x: (first % 90) + 0.5, y: Math.floor(first / 90) + 0.5, isInside: false };
    const [other] = await predictor.predict(embedding, [{ box, points: [beside] }]);
    expect(maskOfPicture(other!.best.logits, embedding.fit).data[first]).toBe(0);
  });

  it('takes the mask whose part of the picture the words fit best', async () => {
    const embedding = await predictor.embed('photo', photo);
    const shown: Raster[] = [];
    const chosen = await predictor.byWords(embedding, photo, {
      words: 'a thing',
      compare: async (part, texts) => {
        expect(texts).toEqual(['a thing']);
        shown.push(part);
        return [-Math.abs(part.width - 40)];
      },
    });
    expect(shown.length).toBeGreaterThan(1);
    const widths = shown.map(({ width }) => Math.abs(width - 40));
    const [left, , right] = chosen!.box;
    expect(Math.abs(right - left - 40)).toBe(Math.min(...widths));
  });

  it('refuses an earlier mask by the name of its field', async () => {
    const embedding = await predictor.embed('photo', photo);
    const asked = predictor.predict(embedding, [{ mask: new Float32Array(4) }]);
    await expect(asked).rejects.toMatchObject({ code: 'invalid_request', details: { field: 'mask' } });
  });
});

describe('openFastSam', () => {
  it('knows the published sizes by their first layer, and no other without configuration', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fastsam-'));
    const first = async (width: number): Promise<void> => {
      const shape = [width, 3, 3, 3];
      const weight = { dtype: 'F32', shape, data: new Float32Array(sizeOf(shape)) } as const;
      await writeSafetensors(join(folder, 'model.safetensors'), new Map([['model.0.conv.weight', weight]]));
    };
    try {
      await expect(openFastSam(folder)).rejects.toMatchObject({ code: 'model_not_found' });
      await first(80);
      expect((await openFastSam(folder)).config).toEqual(fastSamConfigOf('x'));
      await first(32);
      expect((await openFastSam(folder)).config).toEqual(fastSamConfigOf('s'));
      await first(16);
      await expect(openFastSam(folder)).rejects.toMatchObject({ code: 'model_unsupported' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
