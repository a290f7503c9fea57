import type { normalizationRules } from '@darkroom/graph/ops/normalization';
import { layerNormalization } from '@darkroom/graph/ops/normalization';
import { opTable } from '@darkroom/graph/ops/table';
import { applyAll } from '@darkroom/graph/value';
import { given, normal, type OpCase } from '../op-case.ts';

export const normalizationCases = {
  LayerNormalization: [
    {
      title: 'with scale and bias',
      feeds: [normal(2, 3, 5), normal(5), normal(5)],
      build: (x, scale, bias) => layerNormalization(x, { scale: scale, bias: bias, epsilon: 1e-5 }),
    },
    {
      title: 'with scale alone',
      feeds: [normal(4, 7), normal(7)],
      build: (x, scale) => layerNormalization(x, { scale: scale, epsilon: 1e-6 }),
    },
    {
      title: 'without affine part',
      feeds: [normal(4, 7)],
      build: (x) => layerNormalization(x, { epsilon: 1e-5 }),
    },
    {
      title: 'of a vector',
      feeds: [normal(9), normal(9), normal(9)],
      build: (x, scale, bias) => layerNormalization(x, { scale: scale, bias: bias, epsilon: 1e-5 }),
    },
    {
      title: 'of nearly equal elements',
      feeds: [given([1, 1.01, 0.99, -2, -2, -2.02], 2, 3)],
      build: (x) => layerNormalization(x, { epsilon: 1e-3 }),
    },
    {
      title: 'with its statistics',
      feeds: [normal(3, 6), normal(6)],
      build: (x, scale) => applyAll(opTable.LayerNormalization, [x, scale], { axis: -1, epsilon: 1e-5 }),
    },
  ],
} as const satisfies Record<keyof typeof normalizationRules, readonly OpCase[]>;
