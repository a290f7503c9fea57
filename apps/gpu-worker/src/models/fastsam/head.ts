/** The head of YOLOv8-seg: boxes, confidences, factors of prototype masks, and the prototypes. */
import { conv2d } from '@darkroom/graph/layers/conv2d';
import type { Scope } from '@darkroom/graph/layers/scope';
import { conv, convTranspose } from '@darkroom/graph/ops/convolution';
import { add, scale, sigmoid, sub } from '@darkroom/graph/ops/elementwise';
import { concat, narrow, reshape, transpose } from '@darkroom/graph/ops/movement';
import { softmax } from '@darkroom/graph/ops/reduction';
import { axisSize } from '@darkroom/graph/shape';
import { constant, type Value } from '@darkroom/graph/value';
import { convBlock } from './blocks.ts';
import { channelsOf, type FastSamConfig } from './config.ts';

/** What the network says of a picture [N, 3, H, W]. */
export interface FastSamNetworkOutput {
  /** Centre x, centre y, width, height in pixels, confidence, factors: [N, 5 + prototypes, cells of all levels]. */
  readonly predictions: Value;
  /** [N, prototypes, H / 4, W / 4] */
  readonly prototypes: Value;
}

/** Features at one resolution. */
export interface Level {
  /** [N, C, h, w] */
  readonly features: Value;
  /** Pixels of a cell's side. */
  readonly stride: number;
}

/** FastSAM knows one class: a thing. */
const classes = 1;

/** @param levels from fine to coarse */
export function segmentHead(
  scope: Scope,
  levels: readonly Level[],
  config: FastSamConfig,
): FastSamNetworkOutput {
  const [finest] = levels as readonly [Level];
  const width = axisSize(finest.features.shape, 1);
  const { reg_max: distances, num_prototypes: prototypes } = config;
  const branches = {
    cv2: { inner: Math.max(16, Math.floor(width / 4), 4 * distances), out: 4 * distances },
    cv3: { inner: Math.max(width, classes), out: classes },
    cv4: { inner: Math.max(Math.floor(width / 4), prototypes), out: prototypes },
  } as const;
  const read = (name: keyof typeof branches, level: number): Value => {
    const { inner, out } = branches[name];
    const layers = scope.child(name, level);
    const x = (levels[level] as Level).features;
    const second = convBlock(layers.child(1), convBlock(layers.child(0), x, inner), inner);
    const cells = axisSize(x.shape, 2) * axisSize(x.shape, 3);
    return reshape(conv2d(layers.child(2), second, out, { kernel: 1 }), [axisSize(x.shape, 0), out, cells]);
  };
  const perLevel = levels.map((level, i) =>
    concat([boxesOf(scope, read('cv2', i), level), sigmoid(read('cv3', i)), read('cv4', i)], 1),
  );
  return {
    predictions: concat(perLevel, 2),
    prototypes: prototypeMasks(scope.child('proto'), finest.features, config),
  };
}

/**
 * Each side's distance from its cell's centre is the mean of a distribution over whole cells (Li et al. 2020, generalized
 * focal loss): [N, 4 distances, cells] -> centre x, centre y, width, height in pixels, [N, 4, cells].
 */
function boxesOf(scope: Scope, logits: Value, { features, stride }: Level): Value {
  const [batch, channels, cells] = logits.shape as [number, number, number];
  const distances = channels / 4;
  const likely = softmax(transpose(reshape(logits, [batch, 4, distances, cells]), [0, 2, 1, 3]), 1);
  // The checkpoint stores the numbers 0, 1, … as the weights of a convolution.
  const mean = conv(likely, scope.child('dfl', 'conv').parameter('weight', [1, distances, 1, 1]));
  const sides = reshape(mean, [batch, 4, cells]);
  const [before, after] = [narrow(sides, 1, 0, 2), narrow(sides, 1, 2, 4)];
  const centre = add(cellCentres(features), scale(sub(after, before), 0.5));
  return scale(concat([centre, add(before, after)], 1), stride);
}

/** x and y of the middle of every cell in cells, row by row, [1, 2, h w]. */
function cellCentres({ shape, dtype }: Value): Value {
  const [, , height, width] = shape as [number, number, number, number];
  const cells = height * width;
  const data = Float32Array.from({ length: 2 * cells }, (_, i) =>
    i < cells ? (i % width) + 0.5 : Math.floor((i - cells) / width) + 0.5,
  );
  return constant(data, [1, 2, cells], dtype);
}

function prototypeMasks(scope: Scope, x: Value, config: FastSamConfig): Value {
  const inner = channelsOf(256, config);
  const upsample = scope.child('upsample');
  const first = convBlock(scope.child('cv1'), x, inner);
  const doubled = convTranspose(
    first,
    upsample.parameter('weight', [inner, inner, 2, 2]),
    upsample.parameter('bias', [inner]),
    { strides: [2, 2] },
  );
  const second = convBlock(scope.child('cv2'), doubled, inner);
  return convBlock(scope.child('cv3'), second, config.num_prototypes, { kernel: 1 });
}
