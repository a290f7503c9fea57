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
  /** Backbone's features, normalised: [N, …, H/8, W/8] and [N, …, H/4, W/4]. */
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
  const norm = (name: string, x: Value): Value => layerNorm2d(scope.child(name), x, epsilon);
  const narrow = (name: string, x: Value): Value =>
    norm(`layer_norm_${name}`, conv2d(scope.child(name), x, width, { kernel: 1, bias: false }));
  const coarse = resizeNearest(narrow('thirty_second', features.thirtySecond), 2);
  let x = add(narrow('sixteenth', features.sixteenth), coarse);
  for (let layer = 0; layer < neck_layers; layer++) x = neckLayer(scope.child('layers', layer), x, width);
  return {
    embeddings: norm('layer_norm', x),
    finer: {
      eighth: norm('layer_norm_eighth', features.eighth),
      quarter: norm('layer_norm_quarter', features.quarter),
    },
  };
}

/** A residual bottleneck of half the width. */
function neckLayer(scope: Scope, x: Value, width: number): Value {
  const inner = Math.floor(width / 2);
  const normed = layerNorm2d(scope.child('layer_norm'), x, epsilon);
  const reduced = gelu(conv2d(scope.child('conv1'), normed, inner, { kernel: 1 }));
  const mixed = gelu(conv2d(scope.child('conv2'), reduced, inner));
  return add(x, conv2d(scope.child('conv3'), mixed, width, { kernel: 1 }));
}
