/** A vision part for BLIP's decoders on a frozen CenterNet: one token per cell of 32 × 32 pixels, and one for all of them. */
import { linear } from '@darkroom/graph/layers/linear';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, cast, equal, mul, scale, shift, sigmoid } from '@darkroom/graph/ops/elementwise';
import { reshape, transpose } from '@darkroom/graph/ops/movement';
import { maxPool } from '@darkroom/graph/ops/pooling';
import { reduceMean } from '@darkroom/graph/ops/reduction';
import type { Value } from '@darkroom/graph/value';
import { centernetBackbone } from '../centernet/backbone.ts';
import { centernetNeck, classFeatures, classLogits } from '../centernet/heads.ts';
import type { BlipDetectorConfig } from './config.ts';
import { visionLayers } from './vision-layers.ts';

/** Pixels of a side of a cell. */
const cellSide = 32;
/** Pixels of a side of a place of the heat maps. */
const heatStride = 4;

/** What the frozen network says about each cell, row by row. */
export interface DetectorCells {
  /** Features of the backbone, [B, cells, 480] with the published channel numbers. */
  readonly features: Value;
  /** Highest probability of each class at the centres of objects within the cell, [B, cells, classes]; 0 where there are none. */
  readonly peaks: Value;
  /** Mean red, green and blue, [B, cells, 3], from -1 to 1. */
  readonly colours: Value;
}

/** Number of cells of a picture. */
export function cellCount({ image_size }: BlipDetectorConfig): number {
  return (image_size / cellSide) ** 2;
}

/**
 * What a CenterNet sees; none of its weights are trained.
 *
 * @param pixels float32 [B, 3, image_size, image_size], sRGB values from 0 to 255
 */
export function detectorCells(scope: Scope, pixels: Value, config: BlipDetectorConfig): DetectorCells {
  const { backbone_config, labels } = config.detector_config;
  const frozen = scope.child('vision_model', 'detector');
  const seen = centernetBackbone(frozen.child('backbone'), pixels, backbone_config);
  const fused = centernetNeck(frozen.child('neck'), seen, config.detector_config);
  const heat = sigmoid(classLogits(frozen, classFeatures(frozen, fused), labels.length));
  const block = cellSide / heatStride;
  const peaks = maxPool(centresOf(heat), { kernel: [block, block], strides: [block, block] });
  return {
    features: rowsOf(seen.thirtySecond),
    peaks: rowsOf(peaks),
    colours: shift(scale(rowsOf(blockMeans(pixels)), 2 / 255), -1),
  };
}

/** The cells read by a transformer of their own: [B, 1 + cells, hidden], the class token first. */
export function detectorStates(
  scope: Scope,
  { features, peaks, colours }: DetectorCells,
  config: BlipDetectorConfig,
): Value {
  const model = scope.child('vision_model');
  const embed = (name: string, from: Value, bias = false): Value =>
    linear(model.child('embeddings', name), from, config.hidden_size, { bias });
  const described = add(embed('features', features, true), embed('classes', peaks));
  return visionLayers(model, add(described, embed('colours', colours)), config);
}

/** Heat maps with all but the highest value of each 3 × 3 neighbourhood put to 0 (Zhou et al. 2019). */
function centresOf(heat: Value): Value {
  const highest = maxPool(heat, { kernel: [3, 3], pads: [1, 1, 1, 1] });
  return mul(heat, cast(equal(heat, highest), heat.dtype));
}

/** [B, C, H, W] to the means of its cells, [B, C, rows, columns]. */
function blockMeans(pixels: Value): Value {
  const [batch, channels, height, width] = pixels.shape as [number, number, number, number];
  const [rows, columns] = [height / cellSide, width / cellSide];
  const cut = reshape(pixels, [batch, channels, rows, cellSide, columns, cellSide]);
  return reduceMean(cut, { axes: [3, 5] });
}

/** [B, C, rows, columns] to [B, cells, C]. */
function rowsOf(maps: Value): Value {
  const [batch, channels] = maps.shape as [number, number];
  return transpose(reshape(maps, [batch, channels, -1]), [0, 2, 1]);
}
