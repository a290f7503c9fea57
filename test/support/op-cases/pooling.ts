import { maxPool, type poolingRules } from '@darkroom/graph/ops/pooling';
import { opTable } from '@darkroom/graph/ops/table';
import { applyAll } from '@darkroom/graph/value';
import { lattice, normal, type OpCase } from '../op-case.ts';

export const poolingCases = {
  MaxPool: [
    {
      title: 'of windows that do not meet',
      feeds: [lattice([2, 3, 4, 6])],
      build: (x) => maxPool(x, { kernel: [2, 2], strides: [2, 2] }),
    },
    {
      title: 'of windows that overlap, with padding',
      feeds: [lattice([1, 2, 6, 5])],
      build: (x) => maxPool(x, { kernel: [5, 5], pads: [2, 2, 2, 2] }),
    },
    {
      title: 'with stride 2 of an odd size',
      feeds: [lattice([1, 2, 7, 5])],
      build: (x) => maxPool(x, { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    },
    {
      title: 'of other rows than columns, padded after only',
      feeds: [lattice([1, 1, 5, 6])],
      build: (x) => maxPool(x, { kernel: [2, 3], strides: [2, 1], pads: [0, 0, 1, 2] }),
    },
    {
      title: 'dilated',
      feeds: [lattice([1, 2, 7, 8])],
      build: (x) => maxPool(x, { kernel: [3, 2], dilations: [2, 3] }),
    },
    {
      title: 'of pooled images',
      feeds: [lattice([1, 1, 6, 6])],
      build: (x) => {
        const pool = { kernel: [3, 3], pads: [1, 1, 1, 1] } as const;
        return maxPool(maxPool(x, pool), pool);
      },
    },
    {
      title: 'with the place of each',
      feeds: [normal(2, 2, 3, 4)],
      build: (x) => {
        const attributes = { kernel_shape: [2, 2], strides: [1, 1], dilations: [1, 1], pads: [0, 1, 0, 1] };
        return applyAll(opTable.MaxPool, [x], attributes);
      },
    },
  ],
} as const satisfies Record<keyof typeof poolingRules, readonly OpCase[]>;
