/** The image encoder of Segment Anything (Kirillov et al. 2023, appendix A): a plain ViT with windows, and its neck. */
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { linear } from '@darkroom/graph/layers/linear';
import { layerNorm } from '@darkroom/graph/layers/norm';
import { resizeBilinear } from '@darkroom/graph/layers/resize';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, gelu, scale } from '@darkroom/graph/ops/elementwise';
import { gemm } from '@darkroom/graph/ops/matmul';
import { narrow, reshape, transpose } from '@darkroom/graph/ops/movement';
import type { Value } from '@darkroom/graph/value';
import { patchTokens } from '../patch-tokens.ts';
import { layerNorm2d } from './layer-norm-2d.ts';
import { gridAttention } from './relative-attention.ts';
import { gridSide, type SamVisionConfig } from './sam-config.ts';
import { cutWindows, joinWindows } from './windows.ts';

/** What the image encoder gives; h and w are the picture's sides in patches. */
export interface SamVisionOutput {
  /** After the neck, [N, output_channels, h, w]. */
  readonly embeddings: Value;
  /** Entry 0 is the embedding of the patches, entry i the output of layer i - 1; each [N, h, w, hidden]. */
  readonly hiddenStates: readonly Value[];
}

/** Epsilon of the neck's norms, whatever the configuration says of the layers'. */
const neckEpsilon = 1e-6;

/**
 * @param image normalised pictures [N, 3, H, W], sides multiples of the patch. The weights are made for one size, which
 * is the configuration's; at another, tables of positions are interpolated.
 */
export function samVisionEncoder(scope: Scope, image: Value, config: SamVisionConfig): SamVisionOutput {
  const model = scope.child('vision_encoder');
  const hiddenStates = [embedPatches(model, image, config)];
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const window = config.global_attn_indexes.includes(layer) ? 0 : config.window_size;
    const block = { ...config, window_size: window };
    hiddenStates.push(encoderLayer(model.child('layers', layer), hiddenStates[layer] as Value, block));
  }
  return { embeddings: neck(model.child('neck'), hiddenStates.at(-1) as Value, config), hiddenStates };
}

function embedPatches(model: Scope, image: Value, config: SamVisionConfig): Value {
  const { hidden_size: width, patch_size: patch } = config;
  const [batch, , height, pixels] = image.shape as [number, number, number, number];
  const [rows, columns] = [height / patch, pixels / patch];
  const projection = model.child('patch_embed', 'projection');
  const patches = patchTokens(projection, image, { side: patch, width, bias: true });
  const tokens = reshape(patches, [batch, rows, columns, width]);
  if (!config.use_abs_pos) return tokens;
  const side = gridSide(config);
  const places = model.parameter('pos_embed', [1, side, side, width]);
  if (rows === side && columns === side) return add(tokens, places);
  const resized = resizeBilinear(transpose(places, [0, 3, 1, 2]), rows, columns);
  return add(tokens, transpose(resized, [0, 2, 3, 1]));
}

/** One pre-norm layer on [N, h, w, C]; its `window_size` is 0 where it attends globally. */
function encoderLayer(scope: Scope, x: Value, config: SamVisionConfig): Value {
  const epsilon = config.layer_norm_eps;
  const normed = layerNorm(scope.child('layer_norm1'), x, epsilon);
  const middle = add(x, selfAttention(scope.child('attn'), normed, config));
  const inner = linear(
    scope.child('mlp', 'lin1'),
    layerNorm(scope.child('layer_norm2'), middle, epsilon),
    config.mlp_dim ?? Math.trunc(config.hidden_size * config.mlp_ratio),
  );
  return add(middle, linear(scope.child('mlp', 'lin2'), gelu(inner), config.hidden_size));
}

/**
 * Tokens that fill up the last windows are zeros before the projection, so they take part with the bias alone. Projecting
 * first and filling up with the bias gives the same and spares their share of the products.
 */
function selfAttention(scope: Scope, x: Value, config: SamVisionConfig): Value {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const { window_size: window, num_attention_heads: heads, use_rel_pos } = config;
  const options = { heads, ...(use_rel_pos && { tableSide: window || gridSide(config) }) };
  const [query, key, value] = projections(scope.child('qkv'), channels, config).map(({ weight, bias }) => {
    const rows = gemm(reshape(x, [batch * height * width, channels]), weight, {
      transB: true,
      ...(bias && { bias }),
    });
    const grid = reshape(rows, x.shape);
    return window === 0 ? grid : cutWindows(grid, window, bias);
  }) as [Value, Value, Value];
  const read = gridAttention(scope, { query, key, value }, options);
  const joined = window === 0 ? read : joinWindows(read, [batch, height, width]);
  return linear(scope.child('proj'), joined, channels);
}

interface Projection {
  /** [C, C] */
  readonly weight: Value;
  readonly bias?: Value;
}

/**
 * The checkpoint's one projection as three, so that nothing is cut apart afterwards; that of the queries divided by the root
 * of a head's width, which is done once while the graph is compiled.
 */
function projections(
  scope: Scope,
  channels: number,
  { num_attention_heads: heads, qkv_bias }: SamVisionConfig,
): Projection[] {
  const weight = scope.parameter('weight', [3 * channels, channels]);
  const bias = qkv_bias ? scope.parameter('bias', [3 * channels]) : undefined;
  return [Math.sqrt(heads / channels), 1, 1].map((factor, i) => {
    const part = (x: Value): Value => {
      const own = narrow(x, 0, i * channels, (i + 1) * channels);
      return factor === 1 ? own : scale(own, factor);
    };
    return { weight: part(weight), ...(bias && { bias: part(bias) }) };
  });
}

function neck(scope: Scope, x: Value, { output_channels: width }: SamVisionConfig): Value {
  const narrowed = conv2d(scope.child('conv1'), transpose(x, [0, 3, 1, 2]), width, {
    kernel: 1,
    bias: false,
  });
  const normed = layerNorm2d(scope.child('layer_norm1'), narrowed, neckEpsilon);
  const mixed = conv2d(scope.child('conv2'), normed, width, { bias: false });
  return layerNorm2d(scope.child('layer_norm2'), mixed, neckEpsilon);
}
