/** Derivatives of a very small Segment Anything by its pictures, prompts and every weight. */
import { samMaskDecoder } from '@darkroom/gpu-worker/models/sam/mask-decoder';
import {
  embedMask,
  embedPoints,
  imagePositions,
  pointKinds,
} from '@darkroom/gpu-worker/models/sam/prompt-encoder';
import { SamConfig } from '@darkroom/gpu-worker/models/sam/sam-config';
import { samVisionEncoder } from '@darkroom/gpu-worker/models/sam/vision-encoder';
import { isFloat } from '@darkroom/graph/dtype';
import { gradient } from '@darkroom/graph/gradient';
import { Scope } from '@darkroom/graph/layers/scope';
import { add, equal, square } from '@darkroom/graph/ops/elementwise';
import { reduceSum } from '@darkroom/graph/ops/reduction';
import { filled, graphOf, nameOf, type Value } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { runOnce } from '../support/gradient-check.ts';
import { buildCase, indices, normal, type OpCase, relativeError } from '../support/op-case.ts';
import { Random } from '../support/random.ts';
import { evaluate } from '../support/reference.ts';

const config = SamConfig.parse({
  vision_config: {
    hidden_size: 4,
    output_channels: 8,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_channels: 1,
    image_size: 6,
    patch_size: 2,
    mlp_dim: 3,
    window_size: 2,
    global_attn_indexes: [1],
    num_pos_feats: 4,
  },
  prompt_encoder_config: { hidden_size: 8, image_size: 6, patch_size: 2, mask_input_channels: 4 },
  mask_decoder_config: {
    hidden_size: 8,
    mlp_dim: 3,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_multimask_outputs: 1,
    iou_head_hidden_dim: 3,
  },
});

const { foreground, background, none, absent } = pointKinds;

const cases: readonly OpCase[] = [
  {
    title: 'image encoder, with windows that do not fit',
    feeds: [normal(1, 1, 6, 6)],
    build: (image) => samVisionEncoder(Scope.root(), image, config.vision_config).embeddings,
  },
  {
    title: 'image encoder at another size than its tables',
    feeds: [normal(1, 1, 4, 8)],
    build: (image) => samVisionEncoder(Scope.root(), image, config.vision_config).embeddings,
  },
  {
    title: 'prompt encoder and mask decoder, two prompts on one image',
    feeds: [
      normal(1, 8, 3, 3),
      normal(2, 3, 2),
      indices([foreground, background, none, foreground, none, absent], 2, 3),
      normal(2, 1, 12, 12),
    ],
    build: (image, points, kinds, mask) => {
      const scope = Scope.root();
      const inputs = {
        image: image!,
        dense: embedMask(scope, mask!, config),
        positions: imagePositions(scope, [3, 3], config),
        sparse: embedPoints(scope, points!, kinds!, config),
        absent: equal(kinds!, filled(absent, [], 'int64')),
      };
      const { masks, iou } = samMaskDecoder(scope, inputs, config.mask_decoder_config);
      return [masks, iou];
    },
  },
];

/** The sum of squares of all outputs, and its gradient by every floating input as the rules have it. */
function differentiated(opCase: OpCase) {
  const { inputs, outputs, feeds } = buildCase(opCase);
  const loss = outputs.map((output) => reduceSum(square(output))).reduce(add);
  const wrt = inputs.filter(({ dtype }) => isFloat(dtype));
  const stored = wrt.filter(({ node }) => node.rule.op === 'Parameter');
  const gradients = gradient(loss, wrt).map((value, i) => [`d_${nameOf(wrt[i] as Value)}`, value as Value]);
  return {
    feeds,
    names: wrt.map(nameOf),
    graph: graphOf({ loss, ...Object.fromEntries(gradients) }, stored),
    lossAlone: graphOf({ loss }, stored),
  };
}

type Exact = ReturnType<typeof evaluate>;

/** How far the loss's difference along a random direction through all inputs is from what the gradient says, relatively. */
function slopeError(
  { feeds, names, lossAlone }: ReturnType<typeof differentiated>,
  exact: Exact,
  random: Random,
): number {
  const directions = names.map((name) =>
    Float64Array.from({ length: feeds[name]?.length ?? 0 }, () => random.normal()),
  );
  const lossAt = (step: number): number => {
    const moved = names.map((name, i) => {
      const along = directions[i] as Float64Array;
      return [name, along.map((d, k) => Number(feeds[name]?.[k]) + step * d)] as const;
    });
    return evaluate(lossAlone, { ...feeds, ...Object.fromEntries(moved) })['loss']?.[0] as number;
  };
  const slopes = names.map((name, i) => {
    const along = directions[i] as Float64Array;
    return (exact[`d_${name}`] as Float64Array).reduce((sum, g, k) => sum + g * (along[k] as number), 0);
  });
  const slope = slopes.reduce((a, b) => a + b);
  return Math.abs((lossAt(1e-6) - lossAt(-1e-6)) / 2e-6 / slope - 1);
}

describe('the derivative of Segment Anything', () => {
  // Differences by one element at a time would take minutes; along a random direction every element counts.
  it.each(cases)('$title', async (opCase) => {
    const built = differentiated(opCase);
    const exact = evaluate(built.graph, built.feeds);
    const random = new Random(3);
    for (let trial = 0; trial < 3; trial++) expect(slopeError(built, exact, random)).toBeLessThan(1e-5);

    const computed = await runOnce(built.graph, built.feeds);
    const names = built.names.map((name) => `d_${name}`);
    const floor = 1e-3 * Math.max(...names.flatMap((name) => [...(exact[name] ?? [])].map(Math.abs)));
    const errors = names.map((name) =>
      relativeError(computed[name] ?? [], exact[name] as Float64Array, floor),
    );
    expect(Math.max(...errors)).toBeLessThan(1e-3);
  });
});
