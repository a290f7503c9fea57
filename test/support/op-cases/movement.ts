import type { movementRules } from '@darkroom/graph/ops/movement';
import {
  concat,
  flip,
  gather,
  narrow,
  pad,
  padAxis,
  reshape,
  slice,
  split,
  transpose,
} from '@darkroom/graph/ops/movement';
import { opTable } from '@darkroom/graph/ops/table';
import { apply, type Value } from '@darkroom/graph/value';
import { indices, normal, type OpCase } from '../op-case.ts';

const scatterAdd = (base: Value, rows: Value, updates: Value): Value =>
  apply(opTable.ScatterND, [base, rows, updates], { reduction: 'add' });

export const movementCases = {
  Reshape: [
    { title: 'to more axes', feeds: [normal(6, 4)], build: (x) => reshape(x, [2, 3, 2, 2]) },
    { title: 'to one inferred axis', feeds: [normal(2, 3, 4)], build: (x) => reshape(x, [2, -1]) },
    { title: 'to a scalar', feeds: [normal(1, 1)], build: (x) => reshape(x, []) },
    { title: 'from a scalar', feeds: [normal()], build: (x) => reshape(x, [1, 1, 1]) },
  ],
  Transpose: [
    { title: 'of a matrix', feeds: [normal(3, 5)], build: (x) => transpose(x, [1, 0]) },
    { title: 'by a cycle of axes', feeds: [normal(2, 3, 4)], build: (x) => transpose(x, [2, 0, 1]) },
    { title: 'of four axes', feeds: [normal(2, 3, 4, 5)], build: (x) => transpose(x, [0, 2, 3, 1]) },
  ],
  Concat: [
    { title: 'on the first axis', feeds: [normal(1, 3), normal(2, 3)], build: (a, b) => concat([a, b], 0) },
    {
      title: 'on the last axis',
      feeds: [normal(2, 3), normal(2, 1), normal(2, 2)],
      build: (...x) => concat(x, -1),
    },
    {
      title: 'of channels',
      feeds: [normal(2, 3, 2, 2), normal(2, 1, 2, 2)],
      build: (a, b) => concat([a, b], 1),
    },
    { title: 'of a value with itself', feeds: [normal(2, 3)], build: (x) => concat([x, x], 1) },
  ],
  Slice: [
    { title: 'of one axis', feeds: [normal(4, 5)], build: (x) => narrow(x, -1, 1, 4) },
    {
      title: 'of two axes',
      feeds: [normal(4, 5, 3)],
      build: (x) => slice(x, { axes: [0, 2], starts: [1, 0], ends: [3, 2] }),
    },
    {
      title: 'of axes counted from the end',
      feeds: [normal(4, 5, 3)],
      build: (x) => slice(x, { axes: [-1, -3], starts: [1, 0], ends: [3, 2] }),
    },
    {
      title: 'whose step ends on the last element',
      feeds: [normal(2, 7)],
      build: (x) => slice(x, { axes: [1], starts: [0], ends: [7], steps: [3] }),
    },
    {
      title: 'whose steps leave a rest',
      feeds: [normal(6, 8)],
      build: (x) => slice(x, { axes: [0, 1], starts: [1, 2], ends: [6, 8], steps: [2, 4] }),
    },
    {
      title: 'whose end lies far beyond the last step',
      feeds: [normal(9)],
      build: (x) => slice(x, { axes: [0], starts: [1], ends: [4], steps: [5] }),
    },
  ],
  Split: [
    { title: 'into equal parts', feeds: [normal(2, 6)], build: (x) => split(x, 3, 1) },
    { title: 'into parts of given sizes', feeds: [normal(6, 2)], build: (x) => split(x, [1, 3, 2], 0) },
    { title: 'of which one is used', feeds: [normal(2, 6)], build: (x) => split(x, [2, 4], -1)[1]! },
  ],
  Pad: [
    { title: 'of both ends of an axis', feeds: [normal(2, 3)], build: (x) => padAxis(x, 1, 2, 1) },
    { title: 'of an image', feeds: [normal(1, 2, 3, 4)], build: (x) => pad(x, [0, 0, 1, 0, 0, 0, 2, 3]) },
  ],
  Gather: [
    { title: 'of rows', feeds: [normal(5, 3), indices([4, 0, 2], 3)], build: (x, i) => gather(x, i) },
    {
      title: 'of repeated rows',
      feeds: [normal(4, 2), indices([1, 1, 3, 1], 4)],
      build: (x, i) => gather(x, i),
    },
    {
      title: 'by a matrix of indices',
      feeds: [normal(4, 2), indices([0, 3, 3, 1, 0, 2], 2, 3)],
      build: (x, i) => gather(x, i),
    },
    { title: 'by one index', feeds: [normal(4, 2), indices([2])], build: (x, i) => gather(x, i) },
    { title: 'from the end', feeds: [normal(4, 2), indices([-1, -4], 2)], build: (x, i) => gather(x, i) },
    {
      title: 'on the middle axis',
      feeds: [normal(2, 4, 3), indices([3, 0, 3], 3)],
      build: (x, i) => gather(x, i, 1),
    },
    {
      title: 'on the last axis by a matrix',
      feeds: [normal(2, 3, 4), indices([3, 0, 3, 1], 2, 2)],
      build: (x, i) => gather(x, i, -1),
    },
    { title: 'in reverse order', feeds: [normal(2, 5)], build: (x) => flip(x, -1) },
  ],
  ScatterND: [
    { title: 'into rows', feeds: [normal(5, 3), indices([4, 0], 2, 1), normal(2, 3)], build: scatterAdd },
    {
      title: 'into repeated rows',
      feeds: [normal(3, 2), indices([1, 1, 2, 1], 4, 1), normal(4, 2)],
      build: scatterAdd,
    },
    { title: 'into elements', feeds: [normal(4), indices([3, 0, 3], 3, 1), normal(3)], build: scatterAdd },
    {
      title: 'by a matrix of rows',
      feeds: [normal(3, 2), indices([0, 2, 2, 0], 2, 2, 1), normal(2, 2, 2)],
      build: scatterAdd,
    },
  ],
} as const satisfies Record<keyof typeof movementRules, readonly OpCase[]>;
