import type { AttentionOptions, GemmOptions, matmulRules } from '@darkroom/graph/ops/matmul';
import { attention, causalBias, gemm, matmul } from '@darkroom/graph/ops/matmul';
import { normal, type OpCase } from '../op-case.ts';

const product = (title: string, a: number[], b: number[]): OpCase => ({
  title,
  feeds: [normal(...a), normal(...b)],
  build: matmul,
});

const gemmCase = (
  title: string,
  shapes: [number[], number[]],
  options: GemmOptions,
  bias?: number[],
): OpCase => ({
  title,
  feeds: [...shapes, ...(bias ? [bias] : [])].map((shape) => normal(...shape)),
  build: (a, b, c) => gemm(a, b, { ...options, ...(c && { bias: c }) }),
});

interface AttentionShape {
  readonly batch: number;
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
  /** Width of the values. Default: `width`. */
  readonly valueWidth?: number;
  readonly bias?: number[];
}

function attentionCase(title: string, shape: AttentionShape, options: AttentionOptions): OpCase {
  const { batch, queries, keys, width, valueWidth = width, bias } = shape;
  const feeds = [normal(batch, queries, width), normal(batch, keys, width), normal(batch, keys, valueWidth)];
  return {
    title,
    feeds: bias ? [...feeds, normal(...bias)] : feeds,
    build: (q, k, v, b) => attention(q, k, v, { ...options, ...(b && { bias: b }) }),
  };
}

export const matmulCases = {
  MatMul: [
    product('of matrices', [3, 4], [4, 5]),
    product('of a batch', [2, 3, 4], [2, 4, 5]),
    product('of a matrix with each of a batch', [3, 4], [2, 2, 4, 5]),
    product('of a batch with one matrix', [2, 3, 4], [4, 5]),
    product('of batches that broadcast both ways', [2, 1, 3, 4], [3, 4, 2]),
    product('over an inner size of one', [3, 1], [1, 5]),
    product('of rows of one', [2, 1, 4], [2, 4, 1]),
    product('of larger matrices', [9, 17], [17, 6]),
  ],
  Gemm: [
    gemmCase(
      'of matrices',
      [
        [3, 4],
        [4, 5],
      ],
      {},
    ),
    gemmCase(
      'of a transposed first',
      [
        [4, 3],
        [4, 5],
      ],
      { transA: true },
    ),
    gemmCase(
      'of a transposed second',
      [
        [3, 4],
        [5, 4],
      ],
      { transB: true },
      [5],
    ),
    gemmCase(
      'of two transposed',
      [
        [4, 3],
        [5, 4],
      ],
      { transA: true, transB: true },
      [1, 5],
    ),
    gemmCase(
      'with a whole bias',
      [
        [3, 4],
        [4, 5],
      ],
      {},
      [3, 5],
    ),
    gemmCase(
      'with a bias per row',
      [
        [3, 4],
        [4, 5],
      ],
      {},
      [3, 1],
    ),
    gemmCase(
      'with a scalar bias',
      [
        [3, 4],
        [4, 5],
      ],
      {},
      [],
    ),
  ],
  MultiHeadAttention: [
    attentionCase('of one head', { batch: 1, queries: 4, keys: 4, width: 6 }, { heads: 1 }),
    attentionCase('of two heads in a batch', { batch: 2, queries: 3, keys: 3, width: 8 }, { heads: 2 }),
    attentionCase('across lengths', { batch: 2, queries: 5, keys: 3, width: 8 }, { heads: 4 }),
    attentionCase('of one query', { batch: 2, queries: 1, keys: 7, width: 4 }, { heads: 2 }),
    attentionCase(
      'with its own scale',
      { batch: 1, queries: 3, keys: 2, width: 4 },
      { heads: 2, scale: 0.3 },
    ),
    attentionCase(
      'of wider values',
      { batch: 2, queries: 3, keys: 4, width: 4, valueWidth: 6 },
      { heads: 2 },
    ),
    attentionCase(
      'with a shared bias',
      { batch: 2, queries: 3, keys: 4, width: 4, bias: [1, 1, 3, 4] },
      { heads: 2 },
    ),
    attentionCase(
      'with a bias per head',
      { batch: 2, queries: 3, keys: 4, width: 4, bias: [1, 2, 3, 4] },
      { heads: 2 },
    ),
    attentionCase(
      'with a bias per item',
      { batch: 2, queries: 3, keys: 4, width: 4, bias: [2, 1, 3, 4] },
      { heads: 2 },
    ),
    attentionCase(
      'with a bias per item and head',
      { batch: 2, queries: 3, keys: 3, width: 4, bias: [2, 2, 3, 3] },
      { heads: 2 },
    ),
    attentionCase(
      'with a bias per key',
      { batch: 2, queries: 3, keys: 4, width: 4, bias: [2, 1, 1, 4] },
      { heads: 2 },
    ),
    attentionCase(
      'that is causal',
      { batch: 2, queries: 5, keys: 5, width: 4 },
      { heads: 2, bias: causalBias(5) },
    ),
  ],
} as const satisfies Record<keyof typeof matmulRules, readonly OpCase[]>;
