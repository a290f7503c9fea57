/** Products of matrices, and attention, whose fused kernel never stores the S × L probabilities in the forward pass. */
import type { Dtype } from '../dtype.ts';
import { GraphError } from '../graph-error.ts';
import { axisSize, broadcastShapes, expandsTo, showShape } from '../shape.ts';
import { apply, constant, type OpRule, showType, type Value } from '../value.ts';
import { add, mul, present, scale, sub } from './elementwise.ts';
import { reshape, transpose } from './movement.ts';
import { expand, reduceSum, softmax } from './reduction.ts';

/** Swaps the last two axes. */
export function transposeLast(x: Value): Value {
  const axes = [...x.shape.keys()];
  return transpose(x, [...axes.slice(0, -2), axes.at(-1) as number, axes.at(-2) as number]);
}

/** Rows of the op table. */
export const matmulRules = {
  // C = A B; dA = dC Bᵀ; dB = Aᵀ dC
  MatMul: {
    op: 'MatMul',
    infer: (inputs) => {
      const [a, b] = [present('MatMul', inputs[0]), present('MatMul', inputs[1])];
      if (
        a.shape.length < 2 ||
        b.shape.length < 2 ||
        a.shape.at(-1) !== b.shape.at(-2) ||
        a.dtype !== b.dtype
      ) {
        throw new GraphError(
          `MatMul: ${a.dtype} ${showShape(a.shape)} times ${b.dtype} ${showShape(b.shape)}`,
        );
      }
      const batch = broadcastShapes('MatMul', a.shape.slice(0, -2), b.shape.slice(0, -2));
      return [{ dtype: a.dtype, shape: [...batch, axisSize(a.shape, -2), axisSize(b.shape, -1)] }];
    },
    vjp: (node, [g]) => {
      const [a, b] = node.inputs as readonly [Value, Value];
      return g ? [matmul(g, transposeLast(b)), matmul(transposeLast(a), g)] : [];
    },
  },
  // C = op(A) op(B) + bias, op = transpose where transA / transB is 1; all matrices are 2-D
  Gemm: {
    op: 'Gemm',
    infer: (inputs, attributes) => {
      const [a, b] = [present('Gemm', inputs[0]), present('Gemm', inputs[1])];
      const [rows, inner] = attributes['transA'] === 1 ? [...a.shape].reverse() : a.shape;
      const [inner2, columns] = attributes['transB'] === 1 ? [...b.shape].reverse() : b.shape;
      if (a.shape.length !== 2 || b.shape.length !== 2 || inner !== inner2 || a.dtype !== b.dtype) {
        throw new GraphError(`Gemm: ${a.dtype} ${showShape(a.shape)} times ${b.dtype} ${showShape(b.shape)}`);
      }
      const shape = [rows as number, columns as number];
      const bias = inputs[2];
      if (bias && (bias.dtype !== a.dtype || !expandsTo(bias.shape, shape))) {
        throw new GraphError(`Gemm: bias ${showType(bias)} on a product ${showShape(shape)} of ${a.dtype}`);
      }
      return [{ dtype: a.dtype, shape }];
    },
    vjp: (node, [g]) => {
      if (!g) return [];
      const [a, b] = node.inputs as readonly [Value, Value];
      const [ta, tb] = [node.attributes['transA'] === 1, node.attributes['transB'] === 1];
      // With A stored transposed its gradient is the transpose of g op(B)ᵀ, and likewise for B.
      const da = ta ? gemm(b, g, { transA: tb, transB: true }) : gemm(g, b, { transB: !tb });
      const db = tb ? gemm(g, a, { transA: true, transB: ta }) : gemm(a, g, { transA: !ta });
      return [da, db, ...(node.inputs[2] ? [g] : [])];
    },
  },
  // softmax(scale Q Kᵀ + bias) V per head; Q [B, S, D], K and V [B, L, D], bias [B|1, heads|1, S, L]
  MultiHeadAttention: {
    op: 'MultiHeadAttention',
    infer: ([query, key, value, bias], attributes) => {
      const operands = [query, key, value].map((x) => present('MultiHeadAttention', x));
      const [q, k, v] = operands as [Value, Value, Value];
      const heads = attributes['num_heads'] as number;
      const alike = operands.every(
        (x) => x.shape.length === 3 && x.shape[0] === q.shape[0] && x.dtype === q.dtype,
      );
      const fits = k.shape[2] === q.shape[2] && k.shape[1] === v.shape[1];
      if (!alike || !fits || axisSize(q.shape, 2) % heads !== 0 || axisSize(v.shape, 2) % heads !== 0) {
        throw new GraphError(`MultiHeadAttention: ${operands.map(showType).join(', ')} with ${heads} heads`);
      }
      const scores = [q.shape[0]!, heads, q.shape[1]!, k.shape[1]!];
      const whole = bias?.shape.length === 4 && bias.shape[2] === scores[2] && bias.shape[3] === scores[3];
      if (bias && !(whole && bias.dtype === q.dtype && expandsTo(bias.shape, scores))) {
        throw new GraphError(
          `MultiHeadAttention: bias ${showType(bias)} on scores ${showShape(scores)} of ${q.dtype}`,
        );
      }
      return [{ dtype: q.dtype, shape: [...q.shape.slice(0, 2), axisSize(v.shape, -1)] }];
    },
    // With P = softmax(S), S = scale Q Kᵀ + bias: dV = Pᵀ g; dP = g Vᵀ; dS = P (dP - sum(dP P)); dQ = scale dS K; dK = scale dSᵀ Q
    vjp: (node, [g]) => {
      if (!g) return [];
      const [query, key, value, bias] = node.inputs as readonly [Value, Value, Value, Value | undefined];
      const heads = node.attributes['num_heads'] as number;
      const factor = node.attributes['scale'] as number;
      const [q, k, v, dOut] = [query, key, value, g].map((x) => splitHeads(x, heads)) as [
        Value,
        Value,
        Value,
        Value,
      ];
      const scores = scale(matmul(q, transposeLast(k)), factor);
      const p = softmax(bias ? add(scores, bias) : scores);
      const dp = matmul(dOut, transposeLast(v));
      const ds = mul(p, sub(dp, reduceSum(mul(dp, p), { axes: [-1], keepDims: true })));
      const dq = scale(matmul(ds, k), factor);
      const dk = scale(matmul(transposeLast(ds), q), factor);
      const dv = matmul(transposeLast(p), dOut);
      return [mergeHeads(dq), mergeHeads(dk), mergeHeads(dv), ...(bias ? [ds] : [])];
    },
  },
} as const satisfies Record<string, OpRule>;

/** Batched product over the last two axes; leading axes broadcast. */
export function matmul(a: Value, b: Value): Value {
  return apply(matmulRules.MatMul, [a, b]);
}

/** What a product of matrices adds and how it reads its operands. */
export interface GemmOptions {
  readonly bias?: Value;
  readonly transA?: boolean;
  readonly transB?: boolean;
}

/** Product of two matrices, either of them read transposed, plus a broadcast bias. */
export function gemm(a: Value, b: Value, { bias, transA = false, transB = false }: GemmOptions = {}): Value {
  const attributes = { transA: transA ? 1 : 0, transB: transB ? 1 : 0 };
  return apply(matmulRules.Gemm, bias ? [a, b, bias] : [a, b], attributes);
}

/** [B, S, heads * d] -> [B, heads, S, d] */
function splitHeads(x: Value, heads: number): Value {
  const [batch, length, width] = x.shape as [number, number, number];
  return transpose(reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
}

/** [B, heads, S, d] -> [B, S, heads * d] */
function mergeHeads(x: Value): Value {
  const [batch, heads, length, width] = x.shape as [number, number, number, number];
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, length, heads * width]);
}

/** How attention splits its width and weighs its scores. */
export interface AttentionOptions {
  readonly heads: number;
  /** Added to the scores before the softmax; shape [B or 1, heads or 1, S or 1, L or 1]. */
  readonly bias?: Value;
  /** Factor of the scores. Default: 1 / sqrt(head width). */
  readonly scale?: number;
}

/** Multi-head scaled dot-product attention (Vaswani et al. 2017): q [B, S, D], k and v [B, L, D] -> [B, S, D]. */
export function attention(
  q: Value,
  k: Value,
  v: Value,
  { heads, bias, scale: factor }: AttentionOptions,
): Value {
  const attributes = { num_heads: heads, scale: factor ?? 1 / Math.sqrt(axisSize(q.shape, -1) / heads) };
  return apply(matmulRules.MultiHeadAttention, bias ? [q, k, v, spread(bias, q, k)] : [q, k, v], attributes);
}

/** The fused kernel broadcasts a bias over the batch and the heads, but not over queries or keys. */
function spread(bias: Value, q: Value, k: Value): Value {
  const [batch, heads, queries, keys] = bias.shape;
  if (batch === undefined || heads === undefined || bias.shape.length !== 4) return bias;
  const [rows, columns] = [
    queries === 1 ? axisSize(q.shape, 1) : queries,
    keys === 1 ? axisSize(k.shape, 1) : keys,
  ];
  return expand(bias, [batch, heads, rows as number, columns as number]);
}

/** Constant bias [1, 1, S, S] under which position `i` attends to positions `0 … i` only. */
export function causalBias(length: number, dtype: Dtype = 'float32'): Value {
  // Low enough that the softmax underflows to 0, and still a finite float16.
  const hidden = -1e4;
  const data = Float32Array.from({ length: length * length }, (_, i) =>
    i % length > Math.floor(i / length) ? hidden : 0,
  );
  return constant(data, [1, 1, length, length], dtype);
}
