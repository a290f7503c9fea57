/** BLIP's decoder on what a CenterNet sees: the cells against sums by hand, the loss's derivative against differences. */
import { BlipDetectorConfig, BlipTextConfig } from '@darkroom/gpu-worker/models/blip/config';
import { detectorCells, detectorStates } from '@darkroom/gpu-worker/models/blip/detector-vision';
import { blipLogits, captionLoss } from '@darkroom/gpu-worker/models/blip/text-decoder';
import { centernetBackbone } from '@darkroom/gpu-worker/models/centernet/backbone';
import { centernetNeck, classFeatures, classLogits } from '@darkroom/gpu-worker/models/centernet/heads';
import { gradient } from '@darkroom/graph/gradient';
import { Scope } from '@darkroom/graph/layers/scope';
import { sigmoid } from '@darkroom/graph/ops/elementwise';
import { sizeOf } from '@darkroom/graph/shape';
import { graphOf, input, nameOf, type Value } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { buildCase, given, indices, normal, type OpCase } from '../support/op-case.ts';
import { Random } from '../support/random.ts';
import { evaluate } from '../support/reference.ts';

const block = { kernel: 3, expansion: 2, out: 2, squeeze: null, activation: 'relu', stride: 2 } as const;
const layers = { hidden_size: 4, intermediate_size: 2, num_hidden_layers: 1, num_attention_heads: 2 };
const vision = BlipDetectorConfig.parse({
  model_type: 'centernet',
  ...layers,
  image_size: 128,
  detector_config: {
    model_type: 'centernet',
    labels: ['cat', 'dog', 'car'],
    backbone_config: {
      stem_channels: 2,
      // Strides as in the published network: one block before each halving.
      blocks: [
        { ...block, stride: 1 },
        { ...block },
        { ...block, stride: 1 },
        { ...block },
        { ...block, stride: 1 },
        { ...block },
        { ...block, stride: 1 },
        { ...block },
      ],
      last_channels: 3,
    },
    lateral_channels: [
      [2, 2],
      [2, 2],
      [2, 2],
    ],
    gate_channels: 2,
  },
});
const text = BlipTextConfig.parse({ ...layers, vocab_size: 5, max_position_embeddings: 3 });

/** Four quarters of a picture, each of one colour of its own; the whole is 2 × 2 cells of 64 pixels. */
const side = vision.image_size;
const pixels = Float64Array.from({ length: 3 * side * side }, (_, i) => {
  const [channel, y, x] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side];
  return 20 * channel + 60 * Math.floor(y / 64) + 100 * Math.floor(x / 64) + (x % 64 < 32 ? 0 : 10);
});

function seenCells() {
  const scope = Scope.root();
  const image = input('pixels', [1, 3, side, side]);
  const detector = vision.detector_config;
  const frozen = scope.child('vision_model', 'detector');
  const features = centernetBackbone(frozen.child('backbone'), image, detector.backbone_config);
  const fused = centernetNeck(frozen.child('neck'), features, detector);
  const heat = sigmoid(classLogits(frozen, classFeatures(frozen, fused), detector.labels.length));
  const graph = graphOf({ ...detectorCells(scope, image, vision), heat, last: features.thirtySecond });
  const random = new Random(5);
  const weights = [...scope.parameters].map(
    ([name, { shape }]) => [name, Array.from({ length: sizeOf(shape) }, () => random.normal())] as const,
  );
  return evaluate(graph, { ...Object.fromEntries(weights), pixels }) as Record<string, Float64Array>;
}

describe('detectorCells', () => {
  const cells = seenCells();

  it('means the colours of the quarters of every cell', () => {
    const expected = [0, 1].flatMap((row) =>
      [0, 1].flatMap((column) =>
        [0, 1, 2].flatMap((channel) =>
          [0, 10, 0, 10].map((edge) => ((20 * channel + 60 * row + 100 * column + edge) * 2) / 255 - 1),
        ),
      ),
    );
    expect(cells['colours']).toHaveLength(expected.length);
    expected.forEach((colour, i) => {
      expect(cells['colours']?.[i]).toBeCloseTo(colour, 6);
    });
  });

  it('takes the strongest features of a cell', () => {
    const last = cells['last'] as Float64Array;
    for (let channel = 0; channel < 3; channel++) {
      // Cell (1, 0): rows 2 and 3, columns 0 and 1 of the 4 × 4 features.
      const within = [8, 9, 12, 13].map((place) => last[channel * 16 + place] as number);
      expect(cells['features']?.[2 * 3 + channel]).toBeCloseTo(Math.max(...within), 6);
    }
  });

  it('keeps a class only where its heat map has a peak', () => {
    const heat = cells['heat'] as Float64Array;
    const across = side / 4;
    const at = (label: number, y: number, x: number): number =>
      y < 0 || x < 0 || y >= across || x >= across ? -1 : (heat[(label * across + y) * across + x] as number);
    const expected = new Float64Array(4 * 3);
    for (let place = 0; place < 3 * across * across; place++) {
      const [label, y, x] = [
        Math.floor(place / across ** 2),
        Math.floor(place / across) % across,
        place % across,
      ];
      const around = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => at(label, y + dy, x + dx)));
      if (Math.max(...around) > at(label, y, x)) continue;
      const cell = 3 * (2 * Math.floor(y / 16) + Math.floor(x / 16)) + label;
      expected[cell] = Math.max(expected[cell] as number, at(label, y, x));
    }
    expect(cells['peaks']).toHaveLength(expected.length);
    expected.forEach((peak, i) => {
      expect(cells['peaks']?.[i]).toBeCloseTo(peak, 6);
    });
  });
});

/** The loss of two captions, its gradient by everything, and what is fed. */
function twoCaptions() {
  const opCase: OpCase = {
    title: 'the loss of two captions',
    feeds: [
      normal(2, 4, 3),
      normal(2, 4, 3),
      normal(2, 4, 12),
      indices([4, 1, 0, 4, 2, 3], 2, 3),
      given([1, 0, 1, 1], 2, 2),
    ],
    build: (features, peaks, colours, ids, weights) => {
      const scope = Scope.root();
      const seen = { features: features!, peaks: peaks!, colours: colours! };
      const picture = detectorStates(scope, seen, vision);
      return captionLoss(blipLogits(scope, ids!, picture, text), ids!, weights!);
    },
  };
  const { inputs, outputs, feeds } = buildCase(opCase);
  const wrt = inputs.filter(({ node }) => node.rule.op === 'Parameter');
  const [loss] = outputs as [Value];
  const slopes = gradient(loss, wrt).map((value, i) => [`d_${nameOf(wrt[i] as Value)}`, value as Value]);
  return { feeds, names: wrt.map(nameOf), graph: graphOf({ loss, ...Object.fromEntries(slopes) }, wrt) };
}

describe('captionLoss on detector cells', () => {
  it('has the derivative of its differences along any direction through the weights', () => {
    const { feeds, names, graph } = twoCaptions();
    const exact = evaluate(graph, feeds);
    const random = new Random(3);
    const directions = names.map((name) =>
      Float64Array.from({ length: feeds[name]?.length ?? 0 }, () => random.normal()),
    );
    const lossAt = (step: number): number => {
      const moved = names.map((name, i) => [
        name,
        directions[i]!.map((along, k) => Number(feeds[name]?.[k]) + step * along),
      ]);
      return evaluate(graph, { ...feeds, ...Object.fromEntries(moved) })['loss']?.[0] as number;
    };
    const slope = names
      .map((name, i) =>
        (exact[`d_${name}`] as Float64Array).reduce((sum, g, k) => sum + g * (directions[i]?.[k] ?? 0), 0),
      )
      .reduce((a, b) => a + b);
    expect((lossAt(1e-6) - lossAt(-1e-6)) / 2e-6 / slope).toBeCloseTo(1, 5);
  });

  it('does not count tokens without weight', () => {
    const lossOf = (last: number): number => {
      const scope = Scope.root();
      const logits = input('logits', [1, 3, 7]);
      const loss = captionLoss(logits, input('ids', [1, 3], 'int64'), input('weights', [1, 2]));
      expect(scope.parameters.size).toBe(0);
      const random = new Random(2);
      const drawn = Array.from({ length: 21 }, () => random.normal());
      return evaluate(graphOf({ loss }), { logits: drawn, ids: [1, 2, last], weights: [1, 0] })[
        'loss'
      ]?.[0] as number;
    };
    expect(lossOf(3)).toBe(lossOf(5));
  });
});
