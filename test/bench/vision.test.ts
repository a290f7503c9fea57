import { SamConfig } from '@darkroom/gpu-worker/models/sam/sam-config';
import { Session } from '@darkroom/gpu-worker/runtime/session';
import { attention } from '@darkroom/graph/ops/matmul';
import { graphOf, input, storedParameters } from '@darkroom/graph/value';
import { expect, it } from 'vitest';
import { countFlops } from '../../bench/flops.ts';
import { encoderGraph } from '../../bench/vision/encoder.ts';
import { exportedEncoderGraph } from '../../bench/vision/peer-model.ts';
import { relativeError } from '../support/op-case.ts';
import { Random } from '../support/random.ts';

const tiny = SamConfig.parse({
  vision_config: {
    hidden_size: 16,
    output_channels: 8,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    image_size: 40,
    patch_size: 8,
    window_size: 3,
    global_attn_indexes: [1],
    num_pos_feats: 4,
  },
  prompt_encoder_config: { hidden_size: 8, image_size: 40, patch_size: 8 },
  mask_decoder_config: { hidden_size: 8, num_attention_heads: 2 },
});

it('the encoder in the form of the public exports computes what this project’s does', async () => {
  const random = new Random(3);
  const [own, exported] = [encoderGraph(tiny), exportedEncoderGraph(tiny)];
  const weights = new Map(
    [...storedParameters(exported)].map(([name, { shape }]) => [
      name,
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal() / 2),
    ]),
  );
  const image = Float32Array.from({ length: 3 * 40 * 40 }, () => random.normal());
  await using ownSession = await Session.compile(own, { weights, threads: 1 });
  await using exportedSession = await Session.compile(exported, { weights, threads: 1 });
  const { embeddings = [] } = await ownSession.run({ image });
  const outputs = await exportedSession.run({ pixel_values: image });
  expect(
    relativeError(embeddings, Float64Array.from(outputs['image_embeddings'] as Float32Array)),
  ).toBeLessThan(1e-5);
  expect(outputs['image_positional_embeddings']).toHaveLength(8 * 5 * 5);
});

it('counts the products of attention by the widths of keys and values', () => {
  const [q, v] = [input('q', [2, 3, 8]), input('v', [2, 5, 4])];
  const graph = graphOf({ y: attention(q, input('k', [2, 5, 8]), v, { heads: 2 }) });
  expect(countFlops(graph)).toBe(2 * 2 * 3 * 5 * (8 + 4));
});
