import type { elementwiseRules } from '@darkroom/graph/ops/elementwise';
import * as ops from '@darkroom/graph/ops/elementwise';
import { scalar, type Value } from '@darkroom/graph/value';
import { type Feed, given, indices, lattice, normal, type OpCase, positive, truths } from '../op-case.ts';

type Unary = (x: Value) => Value;
type Binary = (a: Value, b: Value) => Value;

/** A vector of odd length (so that vector loops have a tail), an image and a scalar. */
const unary = (op: Unary, feed: (...shape: number[]) => Feed, range: Partial<OpCase> = {}): OpCase[] => [
  { title: 'of a vector', feeds: [feed(37)], build: op, ...range },
  { title: 'of an image', feeds: [feed(2, 3, 5, 3)], build: op, ...range },
  { title: 'of a scalar', feeds: [feed()], build: op, ...range },
];

const spread = (...shape: number[]): Feed => lattice(shape);
const flat = { differentiable: false };

/** Every way of broadcasting: the same shape, either side, both sides at once, a scalar, different ranks. */
const pairs = (
  op: Binary,
  a: (shape: number[]) => Feed,
  b: (shape: number[]) => Feed,
  range: Partial<OpCase> = {},
): OpCase[] =>
  (
    [
      ['of the same shape', [2, 3, 5], [2, 3, 5]],
      ['broadcasting the second', [2, 3, 5], [1, 3, 1]],
      ['broadcasting the first', [3, 1], [2, 3, 5]],
      ['broadcasting both', [2, 1, 5], [3, 1]],
      ['with a scalar', [2, 3], []],
      ['of a row and a column', [1, 4], [3, 1]],
    ] as const
  ).map(([title, left, right]) => ({ title, feeds: [a([...left]), b([...right])], build: op, ...range }));

const twoLattices = (op: Binary): OpCase[] =>
  pairs(
    op,
    (shape) => lattice(shape, 0.3),
    (shape) => lattice(shape, 0.6),
  );
const twoNormals = (op: Binary): OpCase[] =>
  pairs(
    op,
    (shape) => normal(...shape),
    (shape) => normal(...shape),
  );
const twoTruths = (op: Binary): OpCase[] =>
  pairs(
    op,
    (shape) => truths(...shape),
    (shape) => truths(...shape),
  );
const normalByPositive = (op: Binary): OpCase[] =>
  pairs(
    op,
    (shape) => normal(...shape),
    (shape) => positive(...shape),
  );

const ties = [1, -2, 0, 3, 3, -1];
const otherTies = [1, -2, 0, 2, 4, -1];
const tied = (op: Binary): OpCase => ({
  title: 'of equal elements',
  feeds: [given(ties, 2, 3), given(otherTies, 2, 3)],
  build: op,
  differentiable: false,
});
const whole = (op: Binary): OpCase => ({
  title: 'of whole numbers',
  feeds: [indices([7, -7, 3, 0], 2, 2), indices([2, -3], 2)],
  build: op,
});
const extremes = (op: Unary): OpCase => ({
  title: 'of large arguments',
  feeds: [given([-60, -20, -8, 0.5, 8, 20, 60], 7)],
  build: op,
});

export const elementwiseCases = {
  Neg: unary(ops.neg, normal),
  Abs: unary(ops.abs, spread),
  Sign: [...unary(ops.sign, spread), { title: 'of zero', feeds: [given([0, 1, -1], 3)], build: ops.sign }],
  Floor: unary(ops.floor, spread),
  Exp: unary(ops.exp, normal),
  Log: unary(ops.log, positive),
  Sqrt: unary(ops.sqrt, positive),
  Reciprocal: unary(ops.reciprocal, positive),
  Sin: unary(ops.sin, spread),
  Cos: unary(ops.cos, spread),
  Tanh: [...unary(ops.tanh, normal), extremes(ops.tanh)],
  Sigmoid: [...unary(ops.sigmoid, normal), extremes(ops.sigmoid)],
  Softplus: [...unary(ops.softplus, normal), extremes(ops.softplus)],
  Relu: [
    ...unary(ops.relu, spread),
    { title: 'of zero', feeds: [given([0, 1, -1], 3)], build: ops.relu, ...flat },
  ],
  Erf: [...unary(ops.erf, normal), extremes(ops.erf)],
  Gelu: [...unary(ops.gelu, normal), extremes(ops.gelu)],
  QuickGelu: [
    ...unary(ops.silu, normal),
    { title: 'as in CLIP', feeds: [normal(4, 9)], build: ops.quickGelu },
    extremes(ops.silu),
  ],
  Not: unary(ops.not, truths),
  Cast: [
    { title: 'to int64', feeds: [lattice([4, 5])], build: (x) => ops.cast(x, 'int64'), ...flat },
    { title: 'to int32', feeds: [lattice([4, 5])], build: (x) => ops.cast(x, 'int32'), ...flat },
    { title: 'to bool', feeds: [given([0, 0.5, -2, 0], 4)], build: (x) => ops.cast(x, 'bool'), ...flat },
    { title: 'from int64', feeds: [indices([3, -4], 2)], build: (x) => ops.cast(x, 'float32') },
    { title: 'from bool', feeds: [truths(7)], build: (x) => ops.cast(x, 'float32') },
    // Multiples of 1/64 below 16 are float16 numbers, so nothing is rounded.
    {
      title: 'through float16',
      feeds: [given([0.015625, -3.25, 15.984375, 0, -1, 0.5], 2, 3)],
      build: (x) => ops.cast(ops.scale(ops.cast(x, 'float16'), 2), 'float32'),
      gradientTolerance: 1e-3,
    },
  ],
  Add: [...twoNormals(ops.add), whole(ops.add)],
  Sub: [...twoNormals(ops.sub), whole(ops.sub)],
  Mul: [
    ...twoNormals(ops.mul),
    whole(ops.mul),
    { title: 'with itself', feeds: [normal(3, 4)], build: ops.square },
  ],
  Div: [...normalByPositive(ops.div), whole(ops.div)],
  Pow: [
    ...pairs(
      ops.pow,
      (shape) => positive(...shape),
      (shape) => normal(...shape),
    ),
    {
      title: 'of a negative base to a whole number',
      feeds: [normal(2, 3)],
      build: (x) => ops.pow(x, scalar(3)),
    },
    { title: 'of a constant base', feeds: [normal(5)], build: (x) => ops.pow(scalar(0.9), x) },
  ],
  Max: [...twoLattices(ops.max), tied(ops.max), whole(ops.max)],
  Min: [...twoLattices(ops.min), tied(ops.min), whole(ops.min)],
  Equal: [...twoLattices(ops.equal), tied(ops.equal), whole(ops.equal)],
  Greater: [...twoLattices(ops.greater), tied(ops.greater), whole(ops.greater)],
  Less: [...twoLattices(ops.less), tied(ops.less), whole(ops.less)],
  And: twoTruths(ops.and),
  Or: twoTruths(ops.or),
  Where: [
    { title: 'of the same shape', feeds: [truths(3, 4), normal(3, 4), normal(3, 4)], build: ops.where },
    { title: 'with a broadcast condition', feeds: [truths(4), normal(3, 4), normal(3, 4)], build: ops.where },
    { title: 'with broadcast choices', feeds: [truths(2, 3, 4), normal(3, 1), normal()], build: ops.where },
    {
      title: 'with everything broadcast',
      feeds: [truths(2, 1, 1), normal(3, 1), normal(1, 4)],
      build: ops.where,
    },
  ],
} as const satisfies Record<keyof typeof elementwiseRules, readonly OpCase[]>;
