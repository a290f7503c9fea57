import { softmax } from './reduction.ts';
import {
  at,
  broadcast,
  broadcastIndex,
  generate,
  indices,
  type Kernel,
  numberOf,
  offsetOf,
  read,
  readBroadcast,
  sizeOf,
  type Tensor,
} from './tensor.ts';

/** Σ of `term(0) … term(count-1)`. */
function sumOf(count: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}

function transposed(x: Tensor, swap: boolean): Tensor {
  return swap ? generate(x.shape.toReversed(), (index) => read(x, index.toReversed())) : x;
}

/** The matrix that broadcasting puts at `index` of the leading axes. */
function matrixOf(x: Tensor, index: readonly number[]): Float64Array {
  const lead = x.shape.slice(0, -2);
  const size = sizeOf(x.shape.slice(-2));
  const start = size * offsetOf(lead, broadcastIndex(lead, index));
  return x.data.subarray(start, start + size);
}

export const matmul = {
  MatMul: (inputs) => {
    const [a, b] = inputs as [Tensor, Tensor];
    const [rows, inner] = a.shape.slice(-2) as [number, number];
    const columns = at(b.shape, b.shape.length - 1);
    const lead = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const products: number[] = [];
    for (const index of indices(lead)) {
      const [left, right] = [matrixOf(a, index), matrixOf(b, index)];
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          products.push(sumOf(inner, (k) => at(left, i * inner + k) * at(right, k * columns + j)));
        }
      }
    }
    return [{ shape: [...lead, rows, columns], data: Float64Array.from(products) }];
  },
  Gemm: (inputs, node) => {
    const [first, second, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
    const a = transposed(first, numberOf(node, 'transA') === 1);
    const b = transposed(second, numberOf(node, 'transB') === 1);
    return [
      generate([at(a.shape, 0), at(b.shape, 1)], ([row, column]) => {
        const [i, j] = [row as number, column as number];
        const product = sumOf(at(a.shape, 1), (k) => read(a, [i, k]) * read(b, [k, j]));
        return product + (bias ? readBroadcast(bias, [i, j]) : 0);
      }),
    ];
  },
  MultiHeadAttention: (inputs, node) => {
    const [q, k, v, bias] = inputs as [Tensor, Tensor, Tensor, Tensor | undefined];
    const heads = numberOf(node, 'num_heads');
    const factor = numberOf(node, 'scale');
    const [batch, queries, width] = q.shape as [number, number, number];
    const keys = at(k.shape, 1);
    const [perHead, valuePerHead] = [width / heads, at(v.shape, 2) / heads];
    const scores = generate([batch, heads, queries, keys], (index) => {
      const [n, head, i, j] = index as [number, number, number, number];
      const product = sumOf(perHead, (d) => {
        const channel = head * perHead + d;
        return read(q, [n, i, channel]) * read(k, [n, j, channel]);
      });
      return factor * product + (bias ? readBroadcast(bias, index) : 0);
    });
    const probabilities = softmax(scores, 3);
    return [
      generate([batch, queries, at(v.shape, 2)], (index) => {
        const [n, i, channel] = index as [number, number, number];
        const head = Math.floor(channel / valuePerHead);
        return sumOf(keys, (j) => read(probabilities, [n, head, i, j]) * read(v, [n, j, channel]));
      }),
    ];
  },
} as const satisfies Record<string, Kernel>;
