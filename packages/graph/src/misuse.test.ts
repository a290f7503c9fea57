/** Every way of misusing an op: the error names the op and what does not fit. */
import { expect, it } from 'vitest';
import { gradient } from './gradient.ts';
import { GraphError } from './graph-error.ts';
import { conv2d } from './layers/conv2d.ts';
import { linear } from './layers/linear.ts';
import { pixelShuffle } from './layers/resize.ts';
import { Scope } from './layers/scope.ts';
import { conv, convTranspose } from './ops/convolution.ts';
import { add, and, cast, exp, greater, max, not, where } from './ops/elementwise.ts';
import { attention, gemm, matmul } from './ops/matmul.ts';
import { concat, gather, narrow, pad, padAxis, reshape, slice, split, transpose } from './ops/movement.ts';
import { groupNormalization, layerNormalization } from './ops/normalization.ts';
import { maxPool } from './ops/pooling.ts';
import { argMax, expand, logSoftmax, reduceMean, reduceSum, softmax } from './ops/reduction.ts';
import { opTable } from './ops/table.ts';
import { apply, constant, graphOf, input, scalar, type Value } from './value.ts';

let count = 0;
const x = (...shape: number[]): Value => input(`x${count++}`, shape);
const half = (...shape: number[]): Value => input(`x${count++}`, shape, 'float16');
const whole = (...shape: number[]): Value => input(`x${count++}`, shape, 'int64');
const truth = (...shape: number[]): Value => input(`x${count++}`, shape, 'bool');
const scatter = (...inputs: Value[]): Value => apply(opTable.ScatterND, inputs, { reduction: 'add' });

const misuses: readonly [title: string, build: () => unknown, message: RegExp][] = [
  ['shapes that do not broadcast', () => add(x(2, 3), x(4)), /Add: .*\[2, 3\].*\[4\]/],
  ['operands of different types', () => max(x(2), half(2)), /Max: float32 \[2\] with float16 \[2\]/],
  ['a whole number where a float is due', () => exp(whole(3)), /Exp: .*floating.*int64 \[3\]/],
  ['arithmetic on truth values', () => add(truth(2), truth(2)), /Add: .*bool \[2\]/],
  ['order of truth values', () => greater(truth(2), truth(2)), /Greater: .*bool \[2\]/],
  ['logic on numbers', () => and(x(2), x(2)), /And: .*bool.*float32 \[2\]/],
  ['negation of numbers', () => not(x(2)), /Not: .*bool.*float32 \[2\]/],
  ['a condition of numbers', () => where(x(2), x(2), x(2)), /Where: .*bool.*float32/],
  ['choices of different types', () => where(truth(2), x(2), half(2)), /Where: .*float32.*float16/],
  ['choices that do not broadcast', () => where(truth(2), x(3), x(1)), /Where: .*\[2\].*\[3\]/],
  ['another number of elements', () => reshape(x(2, 3), [4]), /Reshape: \[2, 3\].*\[4\]/],
  ['an axis that cannot be inferred', () => reshape(x(2, 3), [4, -1]), /Reshape: \[2, 3\].*\[4, 1\.5\]/],
  ['a repeated axis', () => transpose(x(2, 3), [0, 0]), /Transpose: \[0, 0\].*\[2, 3\]/],
  ['a permutation too short', () => transpose(x(2, 3, 4), [1, 0]), /Transpose: \[1, 0\].*\[2, 3, 4\]/],
  [
    'parts that differ elsewhere',
    () => concat([x(2, 3), x(3, 3)], 1),
    /Concat on axis 1: .*\[2, 3\].*\[3, 3\]/,
  ],
  ['parts of different types', () => concat([x(2), half(2)], 0), /Concat.*float32.*float16/],
  ['nothing to join', () => concat([], 0), /Concat: an input is missing/],
  ['an axis outside', () => concat([x(2), x(2)], 1), /Concat: axis 1.*rank 1/],
  ['a range beyond the end', () => narrow(x(2, 3), 1, 1, 4), /Slice: 1:4:1.*axis 1.*\[2, 3\]/],
  ['an empty range', () => narrow(x(4), 0, 2, 2), /Slice: 2:2:1/],
  ['a backward step', () => slice(x(4), { axes: [0], starts: [0], ends: [4], steps: [-1] }), /Slice: 0:4:-1/],
  ['parts that are not equal', () => split(x(5, 2), 2, 0), /Split: axis 0 of float32 \[5, 2\] into/],
  ['parts that do not add up', () => split(x(5), [2, 2], 0), /Split: axis 0 of float32 \[5\] into \[2, 2\]/],
  [
    'pooling of no image',
    () => maxPool(x(4, 4), { kernel: [2, 2] }),
    /MaxPool \[2, 2\] of float32 \[4, 4\]: expected \[N, C/,
  ],
  [
    'pooling of padding alone',
    () => maxPool(x(1, 1, 4, 4), { kernel: [2, 3], pads: [0, 0, 2, 0] }),
    /MaxPool \[2, 3\].*padding \[0, 0, 2, 0\]/,
  ],
  [
    'pooling of less than a window',
    () => maxPool(x(1, 1, 2, 4), { kernel: [3, 3] }),
    /MaxPool \[3, 3\].*nothing is left, \[0, 2\]/,
  ],
  ['negative padding', () => pad(x(3), [-1, 0]), /Pad: .*\[-1, 0\]/],
  ['padding for another rank', () => pad(x(3, 3), [1, 1]), /Pad: expected 4.*\[1, 1\]/],
  ['padding of a missing axis', () => padAxis(x(3), 1, 1, 1), /Pad: axis 1.*rank 1/],
  ['indices that are no int64', () => gather(x(3), x(2)), /Gather: .*int64.*float32/],
  ['a gather axis outside', () => gather(x(3), whole(2), 1), /Gather: axis 1.*rank 1/],
  [
    'updates of another shape',
    () => scatter(x(4, 2), whole(3, 1), x(3, 3)),
    /ScatterND: .*\[3, 2\].*\[3, 3\]/,
  ],
  ['rows that are no int64', () => scatter(x(4, 2), x(3, 1), x(3, 2)), /ScatterND: .*int64.*float32/],
  ['a reduced axis outside', () => reduceSum(x(2, 3), { axes: [2] }), /ReduceSum: axis 2.*rank 2/],
  ['an axis reduced twice', () => reduceMean(x(2, 3), { axes: [1, -1] }), /ReduceMean: .*\[1, 1\].*\[2, 3\]/],
  ['an axis without a largest', () => argMax(x(2), 1), /ArgMax: axis 1.*rank 1/],
  ['an expansion that shrinks', () => expand(x(2, 3), [2, 1]), /Expand: \[2, 3\].*\[2, 1\]/],
  ['an expansion of a fixed axis', () => expand(x(2), [3]), /Expand: .*\[2\].*\[3\]/],
  ['a softmax axis outside', () => softmax(x(2), -2), /Softmax: axis -2.*rank 1/],
  ['a softmax of whole numbers', () => softmax(whole(2)), /Softmax: .*floating.*int64 \[2\]/],
  ['a log-softmax of truth values', () => logSoftmax(truth(2)), /LogSoftmax: .*floating.*bool \[2\]/],
  [
    'inner sizes that differ',
    () => matmul(x(2, 3), x(4, 2)),
    /MatMul: float32 \[2, 3\] times float32 \[4, 2\]/,
  ],
  ['a vector as matrix', () => matmul(x(3), x(3, 2)), /MatMul: float32 \[3\]/],
  ['matrices of different types', () => matmul(x(2, 3), half(3, 2)), /MatMul: float32.*float16/],
  ['batches that do not broadcast', () => matmul(x(2, 1, 3), x(3, 3, 1)), /MatMul: shapes \[2\] and \[3\]/],
  ['a transposed inner size', () => gemm(x(2, 3), x(3, 4), { transB: true }), /Gemm: .*\[2, 3\].*\[3, 4\]/],
  [
    'a bias larger than the product',
    () => gemm(x(1, 3), x(3, 4), { bias: x(2, 4) }),
    /Gemm: bias .*\[2, 4\].*\[1, 4\]/,
  ],
  ['a bias of another type', () => gemm(x(1, 3), x(3, 4), { bias: half(4) }), /Gemm: bias float16 \[4\]/],
  [
    'heads that do not divide the width',
    () => attention(x(1, 2, 6), x(1, 2, 6), x(1, 2, 6), { heads: 4 }),
    /MultiHeadAttention: .*4 heads/,
  ],
  [
    'heads that do not divide the values',
    () => attention(x(1, 2, 4), x(1, 2, 4), x(1, 2, 3), { heads: 2 }),
    /MultiHeadAttention: .*\[1, 2, 3\].*2 heads/,
  ],
  [
    'keys without values',
    () => attention(x(1, 2, 4), x(1, 3, 4), x(1, 2, 4), { heads: 2 }),
    /MultiHeadAttention: .*\[1, 3, 4\]/,
  ],
  [
    'queries of another type',
    () => attention(half(1, 2, 4), x(1, 2, 4), x(1, 2, 4), { heads: 2 }),
    /MultiHeadAttention: float16/,
  ],
  [
    'a bias for other keys',
    () => attention(x(1, 2, 4), x(1, 3, 4), x(1, 3, 4), { heads: 2, bias: x(1, 1, 1, 2) }),
    /MultiHeadAttention: bias float32 \[1, 1, 2, 2\].*\[1, 2, 2, 3\]/,
  ],
  [
    'channels that differ',
    () => conv(x(1, 3, 4, 4), x(2, 4, 3, 3)),
    /Conv \(group 1\): .*\[1, 3, 4, 4\].*\[2, 4, 3, 3\]/,
  ],
  [
    'groups that do not divide the filters',
    () => conv(x(1, 4, 4, 4), x(3, 2, 3, 3), undefined, { group: 2 }),
    /Conv \(group 2\)/,
  ],
  [
    'a kernel beyond the image',
    () => conv(x(1, 1, 2, 2), x(1, 1, 3, 3)),
    /Conv \(group 1\): .*\[1, 1, 2, 2\]/,
  ],
  ['weights of another rank', () => conv(x(1, 1, 4, 4), x(1, 1, 3)), /Conv \(group 1\): .*\[1, 1, 3\]/],
  [
    'a bias of another length',
    () => conv(x(1, 1, 4, 4), x(2, 1, 3, 3), x(3)),
    /Conv \(group 1\): .*bias.*\[3\]/,
  ],
  [
    'a bias of another rank',
    () => conv(x(1, 1, 4, 4), x(2, 1, 3, 3), x(2, 1)),
    /Conv \(group 1\): .*bias.*\[2, 1\]/,
  ],
  [
    'weights of another type',
    () => conv(x(1, 1, 4, 4), half(2, 1, 3, 3)),
    /Conv \(group 1\): float32.*float16/,
  ],
  [
    'transposed channels that differ',
    () => convTranspose(x(1, 3, 4, 4), x(2, 3, 3, 3)),
    /ConvTranspose \(group 1\): .*\[1, 3, 4, 4\].*\[2, 3, 3, 3\]/,
  ],
  [
    'transposed groups that do not divide',
    () => convTranspose(x(1, 3, 4, 4), x(3, 1, 3, 3), undefined, { group: 2 }),
    /ConvTranspose \(group 2\)/,
  ],
  [
    'output padding of a whole stride',
    () => convTranspose(x(1, 1, 4, 4), x(1, 1, 3, 3), undefined, { outputPadding: [1, 0] }),
    /ConvTranspose.*output padding \[1, 0\]/,
  ],
  [
    'cropping everything away',
    () => convTranspose(x(1, 1, 1, 1), x(1, 1, 2, 2), undefined, { pads: [1, 1, 1, 1] }),
    /ConvTranspose/,
  ],
  [
    'a scale of another width',
    () => layerNormalization(x(2, 3), { scale: x(2), epsilon: 1e-5 }),
    /LayerNormalization: .*\[2\].*\[2, 3\]/,
  ],
  [
    'a scale of another type',
    () => layerNormalization(x(2, 3), { scale: half(3), epsilon: 1e-5 }),
    /LayerNormalization: .*float16 \[3\]/,
  ],
  [
    'groups that do not divide',
    () => groupNormalization(x(1, 6, 2), 4, { epsilon: 1e-5 }),
    /GroupNormalization: 4 groups.*\[1, 6, 2\]/,
  ],
  ['a gradient of a tensor', () => gradient(x(2), []), /gradient: .*scalar.*\[2\]/],
  ['a cotangent of another shape', () => gradient(x(2), [], scalar(1)), /gradient: .*cotangent.*\[\].*\[2\]/],
  [
    'elements that do not fill the shape',
    () => constant(new Float32Array(3), [2]),
    /Constant: 3 elements.*\[2\]/,
  ],
  [
    'elements of another type',
    () => constant(new Float32Array(2), [2], 'int64'),
    /Constant: .*Float32Array.*int64/,
  ],
  [
    'two inputs of one name',
    () => graphOf({ y: add(input('same', []), input('same', [])) }),
    /two inputs.*"same"/,
  ],
  ['a name asked for with two shapes', () => askTwice(), /a: \[1\] asked for again as \[2\]/],
  [
    'channels that do not divide into groups',
    () => conv2d(Scope.root(), x(1, 3, 4, 4), 4, { group: 2 }),
    /Conv \(group 2\)/,
  ],
  ['channels that are no square', () => pixelShuffle(x(1, 6, 2, 2), 2), /Reshape: \[1, 6, 2, 2\]/],
  [
    'a layer on another type',
    () => linear(Scope.root(), cast(x(2, 3), 'float16'), 2),
    /Gemm: float16 \[2, 3\] times float32/,
  ],
];

function askTwice(): void {
  const scope = Scope.root();
  scope.parameter('a', [1]);
  scope.parameter('a', [2]);
}

it.each(misuses)('refuses %s', (_title, build, message) => {
  expect(build).toThrow(GraphError);
  expect(build).toThrow(message);
});
