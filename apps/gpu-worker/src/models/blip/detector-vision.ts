/**
 * A vision part for BLIP's decoders on a frozen CenterNet: a token for what was found anywhere, then one for each cell of
 * 64 × 64 pixels.
 */
import { linear } from '@darkroom/graph/layers/linear';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, cast, equal, mul, relu, scale, shift, sigmoid } from '@darkroom/graph/ops/elementwise';
import { concat, reshape, transpose } from '@darkroom/graph/ops/movement';
import { maxPool } from '@darkroom/graph/ops/pooling';
import { reduceMax, reduceMean, reduceSum } from '@darkroom/graph/ops/reduction';
import type { Value } from '@darkroom/graph/value';
import { centernetBackbone } from '../centernet/backbone.ts';
import { centernetNeck, classFeatures, classLogits } from '../centernet/heads.ts';
import type { BlipDetectorConfig } from './config.ts';
import { visionLayers } from './vision-layers.ts';

/** Pixels of a side of a cell. */
const cellSide = 64;
/** Pixels of a side of a place of the backbone's last features, and of a quarter of a cell. */
const quarterSide = 32;
/** Pixels of a side of a place of the heat maps. */
const heatStride = 4;
/** Peaks up to this probability say nothing: of all classes together they would drown the few that do. */
const leastPeak = 0.2;

/** What the frozen network says about each cell, row by row. */
export interface DetectorCells {
  /** Strongest features of the backbone within the cell, [B, cells, 480] with the published channel numbers. */
  readonly features: Value;
  /** Highest probability of each class at the centres of objects within the cell, [B, cells, classes]; 0 where there are none. */
  readonly peaks: Value;
  /** Means of red, then of green, then of blue of the cell's quarters, row by row: [B, cells, 12], from -1 to 1. */
  readonly colours: Value;
}

/** Number of cells of a picture. */
export function cellCount({ image_size }: BlipDetectorConfig): number {
  return (image_size / cellSide) ** 2;
}

/** Number of tokens that describe a picture, the class token not counted. */
export function detectorTokenCount(config: BlipDetectorConfig): number {
  return 1 + cellCount(config);
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
  return {
    features: strongest(seen.thirtySecond, cellSide / quarterSide),
    peaks: strongest(centresOf(heat), cellSide / heatStride),
    colours: shift(scale(quarterMeans(pixels), 2 / 255), -1),
  };
}

/** The tokens read by a transformer of their own: [B, 1 + tokens, hidden], the class token first. */
export function detectorStates(
  scope: Scope,
  { features, peaks, colours }: DetectorCells,
  config: BlipDetectorConfig,
): Value {
  const model = scope.child('vision_model');
  const embed = (name: string, from: Value, bias = false): Value =>
    linear(model.child('embeddings', name), from, config.hidden_size, { bias });
  const sure = relu(scale(shift(peaks, -leastPeak), 1 / (1 - leastPeak)));
  const described = add(embed('features', features, true), embed('classes', sure));
  const tokens = add(described, embed('colours', colours));
  return visionLayers(model, concat([embed('found', foundClasses(sure), true), tokens], 1), config);
}

/** Of every class its highest peak and the sum of its peaks, which grows with the number of things: [B, 1, 2 · classes]. */
function foundClasses(peaks: Value): Value {
  const over = { axes: [1], keepDims: true };
  return concat([reduceMax(peaks, over), reduceSum(peaks, over)], 2);
}

/** Heat maps with all but the highest value of each 3 × 3 neighbourhood put to 0 (Zhou et al. 2019). */
function centresOf(heat: Value): Value {
  const highest = maxPool(heat, { kernel: [3, 3], pads: [1, 1, 1, 1] });
  return mul(heat, cast(equal(heat, highest), heat.dtype));
}

/** Largest values of blocks of `side` × `side` places: [B, C, H, W] to [B, blocks, C], row by row. */
function strongest(maps: Value, side: number): Value {
  const [batch, channels] = maps.shape as [number, number];
  const blocks = maxPool(maps, { kernel: [side, side], strides: [side, side] });
  return transpose(reshape(blocks, [batch, channels, -1]), [0, 2, 1]);
}

/** Means of the quarters of every cell: [B, 3, H, W] to [B, cells, 3 · 4]. */
function quarterMeans(pixels: Value): Value {
  const [batch, channels, height, width] = pixels.shape as [number, number, number, number];
  const [lines, columns] = [height / quarterSide, width / quarterSide];
  const cut = reshape(pixels, [batch, channels, lines, quarterSide, columns, quarterSide]);
  const means = reshape(reduceMean(cut, { axes: [3, 5] }), [batch, channels, lines / 2, 2, columns / 2, 2]);
  return reshape(transpose(means, [0, 2, 4, 1, 3, 5]), [batch, (lines * columns) / 4, channels * 4]);
}
