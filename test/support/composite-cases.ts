/** Computations composed of several ops: activations, layers and small networks. */
import { gradient } from '@darkroom/graph/gradient';
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { embedding } from '@darkroom/graph/layers/embedding';
import { linear } from '@darkroom/graph/layers/linear';
import { lora } from '@darkroom/graph/layers/lora';
import { groupNorm, layerNorm } from '@darkroom/graph/layers/norm';
import { pixelShuffle, pixelUnshuffle, resizeBilinear, resizeNearest } from '@darkroom/graph/layers/resize';
import { Scope } from '@darkroom/graph/layers/scope';
import { conv } from '@darkroom/graph/ops/convolution';
import * as ops from '@darkroom/graph/ops/elementwise';
import { attention, matmul } from '@darkroom/graph/ops/matmul';
import { concat, narrow } from '@darkroom/graph/ops/movement';
import { groupNormalization, layerNormalization } from '@darkroom/graph/ops/normalization';
import { logSoftmax, reduceMean, reduceSum, softmax } from '@darkroom/graph/ops/reduction';
import type { Value } from '@darkroom/graph/value';
import { indices, lattice, normal, type OpCase, positive } from './op-case.ts';

export const activationCases: readonly OpCase[] = [
  { title: 'gelu', feeds: [normal(3, 11)], build: ops.gelu },
  { title: 'gelu by tanh', feeds: [normal(3, 11)], build: ops.geluTanh },
  { title: 'silu', feeds: [normal(3, 11)], build: ops.silu },
  { title: 'clamp', feeds: [lattice([5, 4])], build: (x) => ops.clamp(x, -0.35, 0.4) },
  { title: 'scale and shift', feeds: [normal(7)], build: (x) => ops.shift(ops.scale(x, -1.5), 0.25) },
];

export const normCases: readonly OpCase[] = [
  {
    title: 'group normalization',
    feeds: [normal(2, 6, 3, 2)],
    build: (x) => groupNormalization(x, 3, { epsilon: 1e-5 }),
  },
  {
    title: 'group normalization with scale and bias',
    feeds: [normal(2, 4, 3, 3), normal(4), normal(4)],
    build: (x, scale, bias) => groupNormalization(x, 2, { scale, bias, epsilon: 1e-5 }),
  },
  {
    title: 'group norm of a sequence',
    feeds: [normal(2, 4, 5)],
    build: (x) => groupNorm(Scope.root(), x, 2, 1e-6),
  },
  { title: 'layer norm', feeds: [normal(2, 3, 5)], build: (x) => layerNorm(Scope.root(), x, 1e-5) },
];

export const resizeCases: readonly OpCase[] = [
  { title: 'nearest', feeds: [normal(2, 2, 3, 2)], build: (x) => resizeNearest(x, 2) },
  { title: 'nearest by three', feeds: [normal(1, 1, 2, 3)], build: (x) => resizeNearest(x, 3) },
  { title: 'bilinear up', feeds: [normal(2, 2, 3, 4)], build: (x) => resizeBilinear(x, 6, 8) },
  { title: 'bilinear down', feeds: [normal(1, 2, 6, 5)], build: (x) => resizeBilinear(x, 3, 2) },
  { title: 'bilinear to an odd size', feeds: [normal(1, 2, 3, 4)], build: (x) => resizeBilinear(x, 5, 7) },
  { title: 'pixel shuffle', feeds: [normal(2, 8, 2, 3)], build: (x) => pixelShuffle(x, 2) },
  { title: 'pixel unshuffle', feeds: [normal(1, 2, 6, 3)], build: (x) => pixelUnshuffle(x, 3) },
];

const adapted = (x: Value): Value => {
  const { adapt } = lora({ rank: 2, alpha: 3, strength: 0.7, targets: () => true });
  return linear(Scope.root({ adapt }), x, 4, { bias: false });
};

/** Parameters are inputs too: every case is differentiated by its weights. */
export const layerCases: readonly OpCase[] = [
  { title: 'linear', feeds: [normal(3, 4)], build: (x) => linear(Scope.root(), x, 5) },
  {
    title: 'linear of a sequence without bias',
    feeds: [normal(2, 3, 4)],
    build: (x) => linear(Scope.root(), x, 2, { bias: false }),
  },
  { title: 'conv2d', feeds: [normal(2, 2, 4, 5)], build: (x) => conv2d(Scope.root(), x, 3) },
  {
    title: 'conv2d with stride 2',
    feeds: [normal(1, 2, 6, 6)],
    build: (x) => conv2d(Scope.root(), x, 3, { stride: 2 }),
  },
  {
    title: 'conv2d in groups padded after only',
    feeds: [normal(1, 4, 4, 4)],
    build: (x) => conv2d(Scope.root(), x, 4, { stride: 2, group: 2, padding: [0, 0, 1, 1], bias: false }),
  },
  { title: 'embedding', feeds: [indices([3, 0, 3], 3)], build: (ids) => embedding(Scope.root(), ids, 5, 2) },
  { title: 'linear with low-rank adapter', feeds: [normal(3, 5)], build: adapted },
];

function selfAttention(x: Value): Value {
  const scope = Scope.root();
  const [q, k, v] = ['q', 'k', 'v'].map((name) => linear(scope.child(name), x, 4)) as [Value, Value, Value];
  return linear(scope.child('out'), attention(q, k, v, { heads: 2 }), 4);
}

function residualBlock(x: Value): Value {
  const scope = Scope.root();
  const h = conv2d(scope.child('in'), ops.silu(groupNorm(scope.child('norm'), x, 1, 1e-5)), 2);
  const down = conv2d(scope.child('down'), h, 2, { stride: 2 });
  return ops.add(x, conv2d(scope.child('out'), concat([h, resizeNearest(down, 2)], 1), 2));
}

export const networkCases: readonly OpCase[] = [
  { title: 'self-attention', feeds: [normal(2, 3, 4)], build: selfAttention },
  { title: 'residual block', feeds: [normal(1, 2, 4, 4)], build: residualBlock },
  {
    title: 'a value used several times',
    feeds: [normal(3, 3)],
    build: (x) => ops.add(matmul(x, x), ops.mul(ops.sin(x), narrow(concat([x, ops.exp(x)], 1), 1, 2, 5))),
  },
  {
    title: 'mean squared error',
    feeds: [normal(4, 3), normal(4, 3)],
    build: (a, b) => reduceMean(ops.square(ops.sub(a, b))),
  },
  {
    title: 'cross entropy',
    feeds: [normal(3, 5), positive(3, 5)],
    build: (x, target) => ops.neg(reduceMean(reduceSum(ops.mul(target, logSoftmax(x)), { axes: [-1] }))),
  },
];

/** The gradient of Σ f(x)² by every value: differentiated again, it checks second derivatives. */
const gradientOf =
  (f: (...values: Value[]) => Value) =>
  (...values: Value[]): Value[] =>
    gradient(reduceSum(ops.square(f(...values))), values);

export const secondOrderCases: readonly OpCase[] = [
  { title: 'softmax', feeds: [normal(2, 4)], build: gradientOf((x) => softmax(x)) },
  { title: 'tanh and sigmoid', feeds: [normal(5)], build: gradientOf((x) => ops.tanh(ops.sigmoid(x))) },
  { title: 'gelu', feeds: [normal(5)], build: gradientOf(ops.gelu) },
  {
    title: 'division and root',
    feeds: [positive(4), positive(4)],
    build: gradientOf((a, b) => ops.div(ops.sqrt(a), b)),
  },
  {
    title: 'layer normalization',
    feeds: [normal(2, 4), normal(4), normal(4)],
    build: gradientOf((x, scale, bias) =>
      layerNormalization(x, { scale: scale as Value, bias: bias as Value, epsilon: 1e-5 }),
    ),
  },
  {
    title: 'convolution with stride',
    feeds: [normal(1, 2, 4, 5), normal(2, 2, 3, 3)],
    build: gradientOf((x, w) =>
      conv(x as Value, w as Value, undefined, { strides: [2, 2], pads: [1, 1, 1, 1] }),
    ),
  },
  {
    title: 'attention',
    feeds: [normal(1, 2, 4), normal(1, 3, 4), normal(1, 3, 4)],
    build: gradientOf((q, k, v) => attention(q as Value, k as Value, v as Value, { heads: 2 })),
  },
];
