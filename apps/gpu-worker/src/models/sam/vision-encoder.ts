/** The image encoder of Segment Anything (Kirillov et al. 2023, appendix A): a plain ViT with windows, and its neck. */
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { resizeBilinear } from '@darkroom/graph/layers/resize';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add } from '@darkroom/graph/ops/elementwise';
import { reshape, transpose } from '@darkroom/graph/ops/movement';
import type { Value } from '@darkroom/graph/value';
import { patchTokens } from '../patch-tokens.ts';
import { encoderLayer } from './encoder-layer.ts';
import { layerNorm2d } from './layer-norm-2d.ts';
import { gridSide, type SamVisionConfig } from './sam-config.ts';
import { cutBlocks, joinBlocks, windowBlocks } from './window-blocks.ts';

/** Epsilon of the neck's norms, whatever the configuration says of the layers'. */
const neckEpsilon = 1e-6;

/** What the image encoder gives; h and w are the picture's sides in patches. */
export interface SamVisionOutput {
  /** After the neck, [N, output_channels, h, w]. */
  readonly embeddings: Value;
  /** Entry 0 is the embedding of the patches, entry i the output of layer i - 1; each [N, h, w, hidden]. */
  readonly hiddenStates: readonly Value[];
}

/**
 * @param image normalised pictures [N, 3, H, W], sides multiples of the patch. The weights are made for one size, which
 * is the configuration's; at another, tables of positions are interpolated.
 */
export function samVisionEncoder(scope: Scope, image: Value, config: SamVisionConfig): SamVisionOutput {
  const model = scope.child('vision_encoder');
  const patches = embedPatches(model, image, config);
  const [, height, width] = patches.shape as [number, number, number];
  const grid = [height, width] as const;
  // Tokens of a picture without windows are one.
  const blocks = windowBlocks(grid, config.window_size || Math.max(height, width));
  let tokens = cutBlocks(patches, blocks);
  const hiddenStates = [patches];
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const isGlobal = config.window_size === 0 || config.global_attn_indexes.includes(layer);
    tokens = encoderLayer(model.child('layers', layer), tokens, { config, grid, blocks, isGlobal });
    hiddenStates.push(joinBlocks(tokens, blocks, grid));
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

function neck(scope: Scope, x: Value, { output_channels: width }: SamVisionConfig): Value {
  const narrowed = conv2d(scope.child('conv1'), transpose(x, [0, 3, 1, 2]), width, {
    kernel: 1,
    bias: false,
  });
  const normed = layerNorm2d(scope.child('layer_norm1'), narrowed, neckEpsilon);
  const mixed = conv2d(scope.child('conv2'), normed, width, { bias: false });
  return layerNorm2d(scope.child('layer_norm2'), mixed, neckEpsilon);
}
