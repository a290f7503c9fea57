/** Prompts through the real store and sessions, against the reference's recorded answers. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { maskArea, maskBox } from '@darkroom/gpu-worker/vision/binary-mask';
import { generateMasks } from '@darkroom/gpu-worker/vision/generate-masks';
import { decodeRle } from '@darkroom/gpu-worker/vision/mask-rle';
import { openSam } from '@darkroom/gpu-worker/vision/sam-model';
import { SamPredictor } from '@darkroom/gpu-worker/vision/sam-predictor';
import type { SamPrompt } from '@darkroom/gpu-worker/vision/sam-prompt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GoldenTensors } from '../../verify/golden-tensors.ts';
import { compare } from '../../verify/measurement.ts';
import { pictureOf } from '../../verify/pictures.ts';

const folder = fileURLToPath(new URL('../goldens/sam_tiny', import.meta.url));
const bound = { absolute: 2e-4 };
let golden: GoldenTensors;
let store: ModelStore;
let predictor: SamPredictor;

beforeAll(async () => {
  golden = await GoldenTensors.read(join(folder, 'io.safetensors'));
  store = new ModelStore({ budgetBytes: 1e8, threads: 1 });
  predictor = new SamPredictor(store, await openSam(folder));
});
afterAll(() => store[Symbol.asyncDispose]());

/** The recorded prompts of a case, whose places are of the network's square, in pixels of the picture. */
function recordedPrompts(name: string): SamPrompt[] {
  const [x, y] = [121 / 96, 70 / 56];
  const box = golden.has(`${name}.input_boxes`) ? golden.floats(`${name}.input_boxes`) : undefined;
  const labels = golden.has(`${name}.input_labels`) ? [...golden.integers(`${name}.input_labels`)] : [];
  const places = labels.length > 0 ? golden.floats(`${name}.input_points`) : [];
  const points = labels.map((label, i) => ({
    x: x * (places[2 * i] as number),
    y: y * (places[2 * i + 1] as number),
    isInside: label === 1n,
  }));
  const mask = golden.has(`${name}.input_masks`) ? golden.floats(`${name}.input_masks`) : undefined;
  const rows = box ? box.length / 4 : 1;
  return Array.from({ length: rows }, (_, row) => {
    const at = box?.subarray(4 * row, 4 * row + 4) as Float32Array;
    const corners = box && ([at[0]! * x, at[1]! * y, at[2]! * x, at[3]! * y] as const);
    return { points, ...(corners && { box: corners }), ...(mask && { mask }) };
  });
}

describe('SamPredictor', () => {
  it.each(['one_point', 'points', 'box', 'two_boxes', 'points_box', 'points_mask', 'points_box_mask'])(
    'answers %s like the reference, whatever slots stay free',
    async (name) => {
      const embedding = await predictor.embed('photo', pictureOf(golden, 'image_u8'));
      const answers = await predictor.predict(embedding, recordedPrompts(name));
      const join = (from: number, to: number): number[] =>
        answers.flatMap(({ candidates }) =>
          candidates.slice(from, to).flatMap(({ logits }) => [...logits.data]),
        );
      const scores = answers.flatMap(({ candidates }) => candidates.slice(1).map(({ score }) => score));
      const measurements = [
        compare('single', join(0, 1), golden.floats(`${name}.single.pred_masks`), bound),
        compare('multi', join(1, 4), golden.floats(`${name}.multi.pred_masks`), bound),
        compare('scores', scores, golden.floats(`${name}.multi.iou_scores`), bound),
      ];
      expect(measurements.filter(({ ok }) => !ok)).toEqual([]);
    },
  );

  it('encodes a picture once and compiles the decoder once for all that follows', async () => {
    const first = { isInside: true, x: 20, y: 30 };
    const embedding = await predictor.embed('photo', pictureOf(golden, 'image_u8'));
    const [answer] = await predictor.predict(embedding, [{ points: [first] }]);
    const { misses, hits } = store.counts;
    const again = await predictor.embed('photo', pictureOf(golden, 'image_u8'));
    const mask = answer?.best.logits.data as Float32Array;
    await predictor.predict(again, [{ points: [first, { isInside: false, x: 80, y: 10 }], mask }]);
    expect(again).toBe(embedding);
    expect(await predictor.recall('photo')).toBe(embedding);
    expect(await predictor.recall('another')).toBe(undefined);
    expect(store.counts.misses).toBe(misses);
    expect(store.counts.hits).toBe(hits + 1);
  });

  it('keeps what it remembers within the budget of the store', async () => {
    const before = store.sizeBytes;
    const { data } = await predictor.embed('counted', pictureOf(golden, 'image_u8'));
    expect(store.sizeBytes - before).toBeGreaterThanOrEqual(data.byteLength);
    await store.trim();
    expect(await predictor.recall('counted')).toBe(undefined);
  });

  it('encodes a picture once for two who ask at the same time', async () => {
    const photo = pictureOf(golden, 'image_u8');
    const [a, b] = await Promise.all([predictor.embed('twice', photo), predictor.embed('twice', photo)]);
    expect(a).toBe(b);
  });

  it('refuses a prompt outside the picture by the name of its field', async () => {
    const embedding = await predictor.embed('photo', pictureOf(golden, 'image_u8'));
    const outside = predictor.predict(embedding, [{ points: [{ x: 122, y: 3, isInside: true }] }]);
    await expect(outside).rejects.toMatchObject({ code: 'invalid_request', details: { field: 'points.0' } });
  });
});

describe('openSam', () => {
  it('says what a folder without configuration must be', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'sam-'));
    try {
      await expect(openSam(temporary)).rejects.toMatchObject({ code: 'model_not_found' });
      const places = (width: number) =>
        ({ dtype: 'F32', shape: [1, 1, 1, width], data: new Float32Array(width) }) as const;
      const published = join(temporary, 'published');
      await mkdir(published);
      await writeSafetensors(
        join(published, 'model.safetensors'),
        new Map([['image_encoder.pos_embed', places(1024)]]),
      );
      expect((await openSam(published)).config.vision_config).toMatchObject({ num_hidden_layers: 24 });
      await writeSafetensors(
        join(temporary, 'model.safetensors'),
        new Map([['image_encoder.pos_embed', places(12)]]),
      );
      await expect(openSam(temporary)).rejects.toMatchObject({ code: 'model_unsupported' });
    } finally {
      await rm(temporary, { recursive: true });
    }
  });
});

describe('masks of everything', () => {
  it('come from the network with the area and box that their runs tell', async () => {
    // Random weights are sure of nothing, so the filters are opened wide.
    const open = { pointsPerSide: 4, pointsPerBatch: 5, minScore: 0, minStability: 0, maxBoxIou: 1 };
    const found = await generateMasks(predictor, pictureOf(golden, 'image_u8'), open);
    expect(found.length).toBeGreaterThan(1);
    for (const { rle, area, box } of found) {
      const mask = decodeRle(rle);
      expect([mask.width, mask.height]).toEqual([121, 70]);
      expect(maskArea(mask)).toBe(area);
      expect(maskBox(mask)).toEqual(box);
    }
  });
});
