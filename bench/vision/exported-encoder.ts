// SAM's image encoder node by node as the public ONNX exports of transformers' `SamModel` have it, for comparison.

import { layerNorm2d } from '@darkroom/gpu-worker/models/sam/layer-norm-2d';
import { relativeRows } from '@darkroom/gpu-worker/models/sam/relative-attention';
import type { SamVisionConfig } from '@darkroom/gpu-worker/models/sam/sam-config';
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { layerNorm } from '@darkroom/graph/layers/norm';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, gelu, scale } from '@darkroom/graph/ops/elementwise';
import { matmul, transposeLast } from '@darkroom/graph/ops/matmul';
import { narrow, reshape, transpose } from '@darkroom/graph/ops/movement';
import { softmax } from '@darkroom/graph/ops/reduction';
import type { Value } from '@darkroom/graph/value';
import { cutWindows, joinWindows } from './windows.ts';

/** Normalised pictures [1, 3, S, S] -> [1, output_channels, S / patch, S / patch], with the weights of `samVisionEncoder`. */
export function exportedSamEncoder(scope: Scope, image: Value, config: SamVisionConfig): Value {
  const model = scope.child('vision_encoder');
  const { hidden_size: width, patch_size: patch, output_channels: out } = config;
  const cut = conv2d(model.child('patch_embed', 'projection'), image, width, {
    kernel: patch,
    stride: patch,
    padding: 0,
  });
  const tokens = transpose(cut, [0, 2, 3, 1]);
  let x = add(tokens, model.parameter('pos_embed', tokens.shape));
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const window = config.global_attn_indexes.includes(layer) ? 0 : config.window_size;
    x = encoderLayer(model.child('layers', layer), x, { ...config, window_size: window });
  }
  const neck = model.child('neck');
  const narrowed = conv2d(neck.child('conv1'), transpose(x, [0, 3, 1, 2]), out, { kernel: 1, bias: false });
  const normed = layerNorm2d(neck.child('layer_norm1'), narrowed, 1e-6);
  return layerNorm2d(
    neck.child('layer_norm2'),
    conv2d(neck.child('conv2'), normed, out, { bias: false }),
    1e-6,
  );
}

/** Windows are cut, with their padding, before anything is projected. */
function encoderLayer(scope: Scope, x: Value, config: SamVisionConfig): Value {
  const { window_size: window, layer_norm_eps: epsilon, hidden_size: width, mlp_ratio } = config;
  const [batch, height, columns] = x.shape as [number, number, number];
  const normed = layerNorm(scope.child('layer_norm1'), x, epsilon);
  const attended = selfAttention(scope.child('attn'), window ? cutWindows(normed, window) : normed, config);
  const middle = add(x, window ? joinWindows(attended, [batch, height, columns]) : attended);
  const inner = project(
    scope.child('mlp', 'lin1'),
    layerNorm(scope.child('layer_norm2'), middle, epsilon),
    width * mlp_ratio,
  );
  return add(middle, project(scope.child('mlp', 'lin2'), gelu(inner), width));
}

/** A linear layer of more than two axes: a product and a sum. */
function project(scope: Scope, x: Value, out: number): Value {
  const weight = scope.parameter('weight', [out, x.shape.at(-1) as number]);
  return add(matmul(x, transposeLast(weight)), scope.parameter('bias', [out]));
}

/** Scores of all pairs are stored, and the two tables of positions added to them one after the other. */
function selfAttention(scope: Scope, x: Value, config: SamVisionConfig): Value {
  const [batch, height, columns, width] = x.shape as [number, number, number, number];
  const heads = config.num_attention_heads;
  const [tokens, depth, rows] = [height * columns, width / heads, batch * heads];
  const projected = reshape(project(scope.child('qkv'), x, 3 * width), [batch, tokens, 3, heads, depth]);
  const parts = reshape(transpose(projected, [2, 0, 3, 1, 4]), [3, rows, tokens, depth]);
  const part = (i: number): Value => reshape(narrow(parts, 0, i, i + 1), [rows, tokens, depth]);
  const [query, key, value] = [part(0), part(1), part(2)];
  const scores = matmul(scale(query, 1 / Math.sqrt(depth)), transposeLast(key));
  const table = (name: string, side: number): Value => {
    const trained = config.window_size || config.image_size / config.patch_size;
    return relativeRows(scope.parameter(name, [2 * trained - 1, depth]), side);
  };
  const places = reshape(query, [rows, height, columns, depth]);
  const byRow = matmul(places, table('rel_pos_h', height));
  const acrossRows = matmul(transpose(places, [0, 2, 1, 3]), table('rel_pos_w', columns));
  const byColumn = transpose(acrossRows, [0, 2, 1, 3]);
  const grid = reshape(scores, [rows, height, columns, height, columns]);
  const positioned = add(
    add(grid, reshape(byRow, [rows, height, columns, height, 1])),
    reshape(byColumn, [rows, height, columns, 1, columns]),
  );
  const read = matmul(softmax(reshape(positioned, [rows, tokens, tokens])), value);
  const merged = transpose(reshape(read, [batch, heads, height, columns, depth]), [0, 2, 3, 1, 4]);
  return project(scope.child('proj'), reshape(merged, [batch, height, columns, width]), width);
}
