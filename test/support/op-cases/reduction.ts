import type { Reduction, reductionRules } from '@darkroom/graph/ops/reduction';
import * as ops from '@darkroom/graph/ops/reduction';
import type { Value } from '@darkroom/graph/value';
import { type Feed, given, lattice, normal, type OpCase } from '../op-case.ts';

const reductions = (
  op: (x: Value, reduction?: Reduction) => Value,
  feed: (...shape: number[]) => Feed,
): OpCase[] => [
  { title: 'over everything', feeds: [feed(2, 3, 4)], build: (x) => op(x) },
  { title: 'over the last axis', feeds: [feed(3, 5)], build: (x) => op(x, { axes: [-1] }) },
  {
    title: 'keeping the first axis',
    feeds: [feed(3, 5)],
    build: (x) => op(x, { axes: [0], keepDims: true }),
  },
  { title: 'over two axes apart', feeds: [feed(2, 3, 4)], build: (x) => op(x, { axes: [0, -1] }) },
  {
    title: 'over an image',
    feeds: [feed(2, 3, 5, 3)],
    build: (x) => op(x, { axes: [2, 3], keepDims: true }),
  },
  { title: 'over an axis of one', feeds: [feed(3, 1)], build: (x) => op(x, { axes: [1] }) },
  { title: 'over no axis', feeds: [feed(3, 2)], build: (x) => op(x, { axes: [] }) },
  { title: 'of a scalar', feeds: [feed()], build: (x) => op(x) },
];

const spread = (...shape: number[]): Feed => lattice(shape);
const tied = (op: (x: Value, reduction?: Reduction) => Value): OpCase => ({
  title: 'of equal elements',
  feeds: [given([1, 3, 3, 0, 0, 2], 2, 3)],
  build: (x) => op(x, { axes: [1] }),
  differentiable: false,
});

const alongAxes = (op: (x: Value, axis?: number) => Value): OpCase[] => [
  { title: 'along the last axis', feeds: [normal(3, 5)], build: (x) => op(x) },
  { title: 'along the first axis', feeds: [normal(3, 5)], build: (x) => op(x, 0) },
  { title: 'along a middle axis', feeds: [normal(2, 3, 4)], build: (x) => op(x, -2) },
  { title: 'of large scores', feeds: [given([100, 99, -100, 0, 80, 80], 2, 3)], build: (x) => op(x) },
];

export const reductionCases = {
  ReduceSum: reductions(ops.reduceSum, normal),
  ReduceMean: reductions(ops.reduceMean, normal),
  ReduceMax: [...reductions(ops.reduceMax, spread), tied(ops.reduceMax)],
  ReduceMin: [...reductions(ops.reduceMin, spread), tied(ops.reduceMin)],
  ArgMax: [
    { title: 'along the last axis', feeds: [lattice([3, 5])], build: (x) => ops.argMax(x) },
    { title: 'along the first axis', feeds: [lattice([3, 5])], build: (x) => ops.argMax(x, 0) },
    { title: 'along a middle axis', feeds: [lattice([2, 3, 4])], build: (x) => ops.argMax(x, -2) },
    { title: 'of equal elements', feeds: [given([1, 3, 3, 0, 0, 0], 2, 3)], build: (x) => ops.argMax(x) },
  ],
  Expand: [
    { title: 'of an axis of one', feeds: [normal(3, 1)], build: (x) => ops.expand(x, [3, 4]) },
    { title: 'of a missing axis', feeds: [normal(3)], build: (x) => ops.expand(x, [2, 3]) },
    { title: 'of a scalar', feeds: [normal()], build: (x) => ops.expand(x, [2, 3]) },
    { title: 'of axes apart', feeds: [normal(1, 3, 1)], build: (x) => ops.expand(x, [2, 2, 3, 4]) },
  ],
  Softmax: alongAxes(ops.softmax),
  LogSoftmax: alongAxes(ops.logSoftmax),
} as const satisfies Record<keyof typeof reductionRules, readonly OpCase[]>;
