/** A very small Segment Anything that sees by a CenterNet: its layout, and the derivative of what is trained. */
import { centernetEncoder } from '@darkroom/gpu-worker/models/sam/centernet-encoder';
import { declareSam } from '@darkroom/gpu-worker/models/sam/declare-sam';
import { samImageEncoder } from '@darkroom/gpu-worker/models/sam/image-encoder';
import { finerFeatures, samMaskDecoder } from '@darkroom/gpu-worker/models/sam/mask-decoder';
import { imagePositions, noMask } from '@darkroom/gpu-worker/models/sam/prompt-encoder';
import {
  AnySamConfig,
  SamCenternetConfig,
  seesByCenternet,
} from '@darkroom/gpu-worker/models/sam/sam-config';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { SamPredictor } from '@darkroom/gpu-worker/vision/sam-predictor';
import { gradient } from '@darkroom/graph/gradient';
import { Scope } from '@darkroom/graph/layers/scope';
import { add, square } from '@darkroom/graph/ops/elementwise';
import { reduceSum } from '@darkroom/graph/ops/reduction';
import { sizeOf } from '@darkroom/graph/shape';
import { graphOf, input, nameOf } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { Random } from '../support/random.ts';
import { evaluate } from '../support/reference.ts';

const block = { kernel: 3, expansion: 4, out: 4, squeeze: null, activation: 'relu' } as const;
const given = {
  vision_config: {
    model_type: 'centernet',
    backbone_config: {
      stem_channels: 2,
      blocks: [2, 2, 1, 2, 2].map((stride) => ({ ...block, stride })),
      last_channels: 6,
    },
    output_channels: 8,
    image_size: 64,
    num_pos_feats: 4,
    neck_layers: 1,
  },
  prompt_encoder_config: { hidden_size: 8, image_size: 64, mask_input_channels: 4 },
  mask_decoder_config: {
    hidden_size: 8,
    mlp_dim: 3,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    num_multimask_outputs: 1,
    iou_head_hidden_dim: 3,
  },
};
const config = SamCenternetConfig.parse(given);
const store = new ModelStore({ budgetBytes: 1e6 });

describe('a Segment Anything that sees by a CenterNet', () => {
  it('is told by its configuration from the published ones', () => {
    expect(seesByCenternet(AnySamConfig.parse(given))).toBe(true);
    expect(seesByCenternet(AnySamConfig.parse({}))).toBe(false);
    const predictorOf = (own: unknown) => {
      const component = { folder: 'none', declare: () => new Map() };
      return new SamPredictor(store, { component, config: AnySamConfig.parse(own) });
    };
    // A small network is less sure of its masks than the published ones.
    expect(predictorOf(given).filters?.minScore).toBeLessThan(0.88);
    expect(predictorOf({}).filters).toBe(undefined);
    const narrow = { ...given, mask_decoder_config: { ...given.mask_decoder_config, hidden_size: 4 } };
    const issues = AnySamConfig.safeParse(narrow).error?.issues.map(({ message }) => message);
    expect(issues).toEqual(['the parts disagree: hidden_size makes 4 of one and 8 of another']);
    const odd = { ...given, vision_config: { ...given.vision_config, image_size: 40 } };
    expect(AnySamConfig.safeParse(odd).error?.issues[0]?.path).toEqual(['vision_config', 'image_size']);
  });

  it('gives a grid of sixteenths, and finer features at a quarter and an eighth', () => {
    const image = input('image', [1, 3, 64, 64]);
    const { embeddings, finer } = samImageEncoder(Scope.root(), image, config);
    expect(embeddings.shape).toEqual([1, 8, 4, 4]);
    expect(finer?.eighth.shape).toEqual([1, 2, 8, 8]);
    expect(finer?.quarter.shape).toEqual([1, 1, 16, 16]);
  });

  it('has the names of Segment Anything, of SAM 2 for finer features, and the backbone below vision_encoder', () => {
    const names = [...declareSam(config).keys()];
    for (const name of [
      'vision_encoder.backbone.stem.weight',
      'vision_encoder.neck.sixteenth.weight',
      'mask_decoder.conv_s0.weight',
      'mask_decoder.conv_s1.bias',
      'mask_decoder.upscale_conv1.weight',
      'prompt_encoder.mask_embed.conv3.weight',
      'shared_image_embedding.positional_embedding',
    ])
      expect(names).toContain(name);
  });
});

it('has the derivative that differences have, by every weight of neck and decoder', () => {
  const scope = Scope.root();
  const { embeddings, finer } = centernetEncoder(scope, input('image', [1, 3, 32, 32]), config.vision_config);
  const { masks, iou } = samMaskDecoder(
    scope,
    {
      image: embeddings,
      dense: noMask(scope, config),
      positions: imagePositions(scope, [2, 2], config),
      finer: finerFeatures(scope, finer, config.mask_decoder_config),
    },
    config.mask_decoder_config,
  );
  const loss = [masks, iou].map((output) => reduceSum(square(output))).reduce(add);
  const trained = [...scope.parameters.values()].filter((value) => !nameOf(value).includes('.backbone.'));
  const gradients = gradient(loss, trained).map((value, i) => [`d_${nameOf(trained[i]!)}`, value] as const);
  const random = new Random(5);
  const feeds = Object.fromEntries(
    [
      ['image', 3 * 32 * 32] as const,
      ...[...scope.parameters].map(([name, { shape }]) => [name, sizeOf(shape)] as const),
    ].map(([name, length]) => [name, Float64Array.from({ length }, () => 0.4 * random.normal())]),
  );
  const all = [...scope.parameters.values()];
  const exact = evaluate(graphOf({ loss, ...Object.fromEntries(gradients) }, all), feeds);
  const directions = trained.map(({ shape }) =>
    Float64Array.from({ length: sizeOf(shape) }, () => random.normal()),
  );
  const alone = graphOf({ loss }, all);
  const lossAt = (step: number): number => {
    const moved = trained.map((value, i) => {
      const name = nameOf(value);
      return [name, directions[i]!.map((d, k) => feeds[name]![k]! + step * d)] as const;
    });
    return evaluate(alone, { ...feeds, ...Object.fromEntries(moved) })['loss']![0]!;
  };
  const slope = trained.reduce((sum, value, i) => {
    const along = exact[`d_${nameOf(value)}`] as Float64Array;
    return sum + along.reduce((part, g, k) => part + g * directions[i]![k]!, 0);
  }, 0);
  expect((lossAt(1e-6) - lossAt(-1e-6)) / 2e-6 / slope).toBeCloseTo(1, 4);
});
