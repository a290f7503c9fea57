import { expect, it } from 'vitest';
import { gradient } from './gradient.ts';
import { conv } from './ops/convolution.ts';
import { mul, silu, sub } from './ops/elementwise.ts';
import { gemm } from './ops/matmul.ts';
import { reshape } from './ops/movement.ts';
import { layerNormalization } from './ops/normalization.ts';
import { reduceSum } from './ops/reduction.ts';
import { print } from './print.ts';
import { constant, type Graph, graphOf, input, parameter, scalar } from './value.ts';

function classifier(): Graph {
  const image = input('image', [2, 3, 8, 8]);
  const features = silu(conv(image, parameter('stem.weight', [4, 3, 3, 3]), undefined, { strides: [2, 2] }));
  const rows = layerNormalization(reshape(features, [2, -1]), { epsilon: 1e-5 });
  const logits = gemm(rows, parameter('head.weight', [5, 36]), {
    transB: true,
    bias: parameter('head.bias', [5]),
  });
  return graphOf({ logits, shifted: sub(logits, scalar(0.5)) });
}

it('shows a graph one node a line, inputs before users', () => {
  expect(print(classifier())).toMatchInlineSnapshot(`
    "%image = Input : float32[2, 3, 8, 8]
    %stem.weight = Parameter : float32[4, 3, 3, 3]
    %2 = Conv(%image, %stem.weight) {strides=[2, 2], dilations=[1, 1], pads=[0, 0, 0, 0], group=1} : float32[2, 4, 3, 3]
    %3 = QuickGelu(%2) {alpha=1} : float32[2, 4, 3, 3]
    %4 = Reshape(%3) {shape=[2, 36]} : float32[2, 36]
    %6 = Expand(const(1)) {shape=[36]} : float32[36]
    %7, %8, %9 = LayerNormalization(%4, %6) {axis=-1, epsilon=0.00001} : float32[2, 36]
    %head.weight = Parameter : float32[5, 36]
    %head.bias = Parameter : float32[5]
    %12 = Gemm(%7, %head.weight, %head.bias) {transA=0, transB=1} : float32[2, 5]
    %14 = Sub(%12, const(0.5)) : float32[2, 5]
    return logits = %12
    return shifted = %14
    "
  `);
});

it('shows the reverse walk as the formula it is', () => {
  const [a, b] = [input('a', [2]), input('b', [])];
  const loss = reduceSum(mul(a, b));
  const [da, db] = gradient(loss, [a, b]);
  expect(print(graphOf({ da: da ?? a, db: db ?? b }))).toMatchInlineSnapshot(`
    "%1 = Reshape(const(1)) {shape=[1]} : float32[1]
    %2 = Expand(%1) {shape=[2]} : float32[2]
    %b = Input : float32[]
    %4 = Mul(%2, %b) : float32[2]
    %a = Input : float32[2]
    %6 = Mul(%2, %a) : float32[2]
    %7 = ReduceSum(%6) {axes=[0], keepdims=1} : float32[1]
    %8 = Reshape(%7) {shape=[]} : float32[]
    return da = %4
    return db = %8
    "
  `);
});

it('shows constants by their first elements', () => {
  const y = mul(
    constant(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]),
    constant(new Float32Array([0.5, -1, 2]), [3]),
  );
  expect(print(graphOf({ y }))).toMatchInlineSnapshot(`
    "%2 = Mul(const(1 2 3 4 … [2, 3]), const(0.5 -1 2 [3])) : float32[2, 3]
    return y = %2
    "
  `);
});

it('prints equal structures equally', () => {
  expect(print(classifier())).toBe(print(classifier()));
});
