/** A layer of Segment Anything's image encoder, on the tokens of pictures in the order of their windows. */
import { layerNorm } from '@darkroom/graph/layers/norm';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, gelu, scale } from '@darkroom/graph/ops/elementwise';
import { gemm } from '@darkroom/graph/ops/matmul';
import { narrow, reshape } from '@darkroom/graph/ops/movement';
import { sizeOf } from '@darkroom/graph/shape';
import { filled, type Value } from '@darkroom/graph/value';
import { type Placing, relativePlacing, unplaced } from './relative-attention.ts';
import { gridSide, type SamVisionConfig } from './sam-config.ts';
import { readPicture, readWindows, type Triple } from './window-attention.ts';
import type { Place, WindowBlock } from './window-blocks.ts';

/** What a layer works on. */
export interface EncoderLayerOptions {
  readonly config: SamVisionConfig;
  /** Sides of a picture in tokens. */
  readonly grid: Place;
  /** All windows of a picture. */
  readonly blocks: readonly WindowBlock[];
  /** Whether tokens attend to the whole picture, not to their window. */
  readonly isGlobal: boolean;
}

/** One pre-norm layer on the tokens of each block, [N, T, C]. */
export function encoderLayer(scope: Scope, hidden: readonly Value[], options: EncoderLayerOptions): Value[] {
  const { config, blocks, isGlobal } = options;
  const attn = scope.child('attn');
  const projections = projectionsOf(attn.child('qkv'), config);
  const tokens = hidden.map((x) => {
    const normed = layerNorm(scope.child('layer_norm1'), x, config.layer_norm_eps);
    return projected(normed, projections);
  });
  const reading = { heads: config.num_attention_heads, blocks, placing: placingOf(attn, options) };
  const missing = { key: projections.key.bias, value: projections.value.bias };
  const read = isGlobal
    ? readPicture(tokens, reading)
    : readWindows(tokens, { ...reading, side: config.window_size, missing });
  const output = linearOf(attn.child('proj'), config.hidden_size, config.hidden_size);
  return hidden.map((x, i) => {
    const attended = addedProduct(add(x, output.bias), read[i] as Value, output.weight);
    return withMlp(scope, attended, config);
  });
}

interface Linear {
  /** [out, in] */
  readonly weight: Value;
  /** [out] */
  readonly bias: Value;
}

function linearOf(scope: Scope, from: number, to: number): Linear {
  return { weight: scope.parameter('weight', [to, from]), bias: scope.parameter('bias', [to]) };
}

/** sum + x Wᵀ over the last axis: a product of matrices takes its sum along. */
function addedProduct(sum: Value, x: Value, weight: Value): Value {
  return reshape(gemm(rowsOf(x), weight, { transB: true, bias: rowsOf(sum) }), sum.shape);
}

function rowsOf(x: Value): Value {
  const width = x.shape.at(-1) as number;
  return reshape(x, [sizeOf(x.shape) / width, width]);
}

/** The inner layer is computed in parts as wide as the tokens, where it can be, so that they stay in the cache. */
function withMlp(scope: Scope, x: Value, config: SamVisionConfig): Value {
  const { hidden_size: width, mlp_ratio, mlp_dim, layer_norm_eps } = config;
  const inner = mlp_dim ?? Math.trunc(width * mlp_ratio);
  const into = linearOf(scope.child('mlp', 'lin1'), width, inner);
  const out = linearOf(scope.child('mlp', 'lin2'), inner, width);
  const normed = rowsOf(layerNorm(scope.child('layer_norm2'), x, layer_norm_eps));
  let sum = add(x, out.bias);
  const step = inner % width === 0 ? width : inner;
  for (let start = 0; start < inner; start += step) {
    const part = (value: Value, axis: number): Value => narrow(value, axis, start, start + step);
    const active = gelu(gemm(normed, part(into.weight, 0), { transB: true, bias: part(into.bias, 0) }));
    sum = addedProduct(sum, active, part(out.weight, 1));
  }
  return sum;
}

/** A picture's tables serve a picture of any size, those of windows are for windows of one size. */
function placingOf(scope: Scope, { config, grid, isGlobal }: EncoderLayerOptions): Placing {
  const { hidden_size: width, num_attention_heads: heads, window_size: side, use_rel_pos } = config;
  if (!use_rel_pos) return unplaced;
  return relativePlacing(scope, {
    grid: isGlobal ? grid : [side, side],
    trained: isGlobal ? gridSide(config) : side,
    heads,
    depth: width / heads,
  });
}

/**
 * The checkpoint's one projection as three, so that nothing is cut apart afterwards; that of the queries is divided while the
 * graph is compiled.
 */
function projectionsOf(
  scope: Scope,
  { hidden_size: width, num_attention_heads: heads, qkv_bias }: SamVisionConfig,
): Triple<Linear> {
  const weight = scope.parameter('weight', [3 * width, width]);
  const bias = qkv_bias ? scope.parameter('bias', [3 * width]) : filled(0, [3 * width], weight.dtype);
  const third = (index: number, factor = 1): Linear => {
    const part = (x: Value): Value => {
      const own = narrow(x, 0, index * width, (index + 1) * width);
      return factor === 1 ? own : scale(own, factor);
    };
    return { weight: part(weight), bias: part(bias) };
  };
  return { query: third(0, Math.sqrt(heads / width)), key: third(1), value: third(2) };
}

/** @param x [N, T, C] */
function projected(x: Value, projections: Triple<Linear>): Triple<Value> {
  const by = ({ weight, bias }: Linear): Value =>
    reshape(gemm(rowsOf(x), weight, { transB: true, bias }), x.shape);
  return { query: by(projections.query), key: by(projections.key), value: by(projections.value) };
}
