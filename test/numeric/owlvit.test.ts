import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import {
  OwlvitConfig,
  owlvitLogits,
  owlvitQueries,
  owlvitRegions,
  owlvitSimilarity,
} from '@darkroom/gpu-worker/models/owlvit';
import { chooseQuery } from '@darkroom/gpu-worker/vision/owlvit-detections';
import { input } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { compileNetwork } from '../../verify/compile-network.ts';
import { GoldenTensors } from '../../verify/golden-tensors.ts';
import { checkOwlvit } from '../../verify/owlvit.ts';
import { expectGolden } from './expect-golden.ts';

const folder = fileURLToPath(new URL('../goldens/owlvit_tiny', import.meta.url));
const golden = await GoldenTensors.read(join(folder, 'io.safetensors'));
const width = 32;
const queries = golden.floats('text_embeds');

type Output = 'boxes' | 'classEmbeddings' | 'picture' | 'words' | 'patch' | 'similarity';

/** Every output for the golden's picture, its two queries and a row of padding, and a patch as the query. */
async function outputsFor(query: Float32Array): Promise<Record<Output, Float32Array>> {
  const config = await readConfig(folder, OwlvitConfig);
  await using session = await compileNetwork(folder, (scope) => {
    const regions = owlvitRegions(scope, input('pixels', golden.shape('pixel_values')), config);
    const words = owlvitQueries(scope, input('ids', [3, 16], 'int64'), config);
    return {
      ...regions,
      words: owlvitLogits(scope, regions, words),
      patch: owlvitLogits(scope, regions, { embeddings: input('query', [1, width]) }),
      similarity: owlvitSimilarity(scope, regions.picture, words),
    };
  });
  const ids = new BigInt64Array(3 * 16);
  ids.set(golden.integers('input_ids'));
  return (await session.run({ pixels: golden.floats('pixel_values'), ids, query })) as Record<
    Output,
    Float32Array
  >;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
}

const cosine = (a: Float32Array, b: Float32Array): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
const row = (values: Float32Array, at: number): Float32Array => values.subarray(at * width, (at + 1) * width);

describe('OwlViTForObjectDetection', () => {
  it('reproduces the reference from bytes and ids to boxes in pixels', () =>
    expectGolden(checkOwlvit, 'owlvit_tiny', 9));

  it('compares patches with a patch as it does with words, and finds nothing for padding', async () => {
    const { embedding } = chooseQuery(await outputsFor(new Float32Array(width)));
    const { classEmbeddings, words, patch: found } = await outputsFor(embedding);
    for (let patch = 0; patch < found.length; patch++) {
      const own = row(classEmbeddings, patch);
      // Two words tell shift and scale of a patch: logit = (cosine + shift) * scale.
      const [a, b, padding] = words.subarray(patch * 3, patch * 3 + 3) as unknown as [number, number, number];
      const first = cosine(own, row(queries, 0));
      const scale = (a - b) / (first - cosine(own, row(queries, 1)));
      expect(found[patch]).toBeCloseTo(a + (cosine(own, embedding) - first) * scale, 3);
      expect(Math.exp(padding)).toBe(0);
    }
  });

  it('compares the whole picture with words at the learnt temperature', async () => {
    const { picture, similarity } = await outputsFor(new Float32Array(width));
    const weights = await GoldenTensors.read(join(folder, 'model.safetensors'));
    const scale = Math.exp(weights.scalar('owlvit.logit_scale'));
    for (const query of [0, 1]) {
      expect(similarity[query]).toBeCloseTo(scale * cosine(picture, row(queries, query)), 4);
    }
  });
});
