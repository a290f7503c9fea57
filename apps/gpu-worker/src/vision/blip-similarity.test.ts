import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sizeOf } from '@darkroom/graph/shape';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proceduralPhoto } from '../../../../test/support/procedural-photo.ts';
import { Random } from '../../../../test/support/random.ts';
import { BlipRetrievalConfig, declareBlipRetrieval } from '../models/blip/retrieval.ts';
import { type WritableTensor, writeSafetensors } from '../models/safetensors-write.ts';
import { ModelStore } from '../runtime/model-store.ts';
import { openVisionModel, visionKindsOf } from './open-vision-model.ts';
import type { Similarity } from './similarity.ts';

const layers = { hidden_size: 8, intermediate_size: 12, num_hidden_layers: 2, num_attention_heads: 2 };
const vocabulary = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a', 'dog', 'red', 'car'];
const config = {
  model_type: 'blip',
  architectures: ['BlipForImageTextRetrieval'],
  text_config: { ...layers, vocab_size: vocabulary.length, max_position_embeddings: 24 },
  vision_config: { ...layers, image_size: 32, patch_size: 16 },
  image_text_hidden_size: 6,
};

async function writeTinyRetrieval(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const random = new Random(4);
  const tensors = [...declareBlipRetrieval(BlipRetrievalConfig.parse(config))].map(
    ([name, { shape }]): [string, WritableTensor] => [
      name,
      { dtype: 'F32', shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) },
    ],
  );
  await writeSafetensors(join(folder, 'model.safetensors'), new Map(tensors));
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'preprocessor_config.json'), JSON.stringify({ size: 32 }));
  await writeFile(join(folder, 'vocab.txt'), vocabulary.join('\n'));
}

let folder: string;
let store: ModelStore;
let similarity: Similarity;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retrieval-'));
  await writeTinyRetrieval(folder);
  store = new ModelStore({ budgetBytes: 1e8, threads: 1 });
  similarity = await openVisionModel('similarity', folder, store);
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const photo = proceduralPhoto(90, 60);

describe('BLIP for retrieval', () => {
  it('is told from the captioner by its architecture', async () => {
    expect(await visionKindsOf(folder)).toEqual(['similarity']);
    expect(similarity.measure).toBe('cosine');
  });

  it('gives every text the cosine that it has alone, in the order asked', async () => {
    const texts = ['a dog', 'a red car', 'a red red red red red red red red red red red red red red red car'];
    const together = await similarity.compare(photo, texts);
    expect(together).toHaveLength(texts.length);
    for (const [i, text] of texts.entries()) {
      const [alone] = await similarity.compare(photo, [text]);
      expect(together[i]).toBeCloseTo(alone as number, 5);
      expect(Math.abs(alone as number)).toBeLessThanOrEqual(1);
    }
    expect(new Set(together.map((score) => score.toFixed(4))).size).toBe(texts.length);
  });

  it('looks at the picture, and leaves out what a text has too much', async () => {
    const [here] = await similarity.compare(photo, ['a dog']);
    const [there] = await similarity.compare(proceduralPhoto(60, 90), ['a dog']);
    expect(Math.abs((here as number) - (there as number))).toBeGreaterThan(1e-4);
    const [long] = await similarity.compare(photo, ['a dog '.repeat(40)]);
    const [longer] = await similarity.compare(photo, ['a dog '.repeat(50)]);
    expect(long).toBe(longer);
    expect(await similarity.compare(photo, [])).toEqual([]);
  });
});
