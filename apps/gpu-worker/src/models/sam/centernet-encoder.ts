/**
 * A small image encoder for Segment Anything's decoder: the backbone of a CenterNet, and a neck that brings it to the
 * decoder's width. Finer features go past the decoder's attention, as in SAM 2 (Ravi et al. 2024, section 4).
 */
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { resizeNearest } from '@darkroom/graph/layers/resize';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, gelu } from '@darkroom/graph/ops/elementwise';
import type { Value } from '@darkroom/graph/value';
import { type BackboneFeatures, centernetBackbone } from '../centernet/backbone.ts';
import { layerNorm2d } from './layer-norm-2d.ts';
import type { SamCenternetVisionConfig } from './sam-config.ts';

/** What the decoder is told of a picture. */
export interface CenternetImage {
  /** [N, output_channels, H/16, W/16] */
  readonly embeddings: Value;
  /** [N, output_channels / 2, H/8, W/8] and [N, output_channels / 4, H/4, W/4] */
  readonly finer: { readonly eighth: Value; readonly quarter: Value };
}

const epsilon = 1e-6;

/** @param image [N, 3, H, W], sRGB values from 0 to 255, sides multiples of 32 */
export function centernetEncoder(
  scope: Scope,
  image: Value,
  config: SamCenternetVisionConfig,
): CenternetImage {
  const model = scope.child('vision_encoder');
  const features = centernetBackbone(model.child('backbone'), image, config.backbone_config);
  return centernetNeck(model.child('neck'), features, config);
}

function centernetNeck(
  scope: Scope,
  features: BackboneFeatures,
  { output_channels: width, neck_layers }: SamCenternetVisionConfig,
): CenternetImage {
  const lateral = (name: string, x: Value): Value => {
    const narrow = conv2d(scope.child(name), x, width, { kernel: 1, bias: false });
    return layerNorm2d(scope.child(`layer_norm_${name}`), narrow, epsilon);
  };
  const coarse = resizeNearest(lateral('thirty_second', features.thirtySecond), 2);
  let x = add(lateral('sixteenth', features.sixteenth), coarse);
  for (let layer = 0; layer < neck_layers; layer++) x = neckLayer(scope.child('layers', layer), x, width);
  const embeddings = layerNorm2d(scope.child('layer_norm'), x, epsilon);
  const eighth = finerLevel(scope.child('eighth'), features.eighth, embeddings, Math.floor(width / 2));
  const quarter = finerLevel(scope.child('quarter'), features.quarter, eighth, Math.floor(width / 4));
  return { embeddings, finer: { eighth, quarter } };
}

/** What the backbone saw at one level, told what was understood at the level above (Lin et al. 2017). */
function finerLevel(scope: Scope, seen: Value, understood: Value, width: number): Value {
  const normed = layerNorm2d(scope.child('layer_norm'), seen, epsilon);
  const above = resizeNearest(conv2d(scope.child('above'), understood, width, { kernel: 1 }), 2);
  return gelu(add(conv2d(scope.child('conv'), normed, width, { bias: false }), above));
}

/** A residual bottleneck of half the width. */
function neckLayer(scope: Scope, x: Value, width: number): Value {
  const inner = Math.floor(width / 2);
  const normed = layerNorm2d(scope.child('layer_norm'), x, epsilon);
  const reduced = gelu(conv2d(scope.child('conv1'), normed, inner, { kernel: 1 }));
  const mixed = gelu(conv2d(scope.child('conv2'), reduced, inner));
  return add(x, conv2d(scope.child('conv3'), mixed, width, { kernel: 1 }));
}
