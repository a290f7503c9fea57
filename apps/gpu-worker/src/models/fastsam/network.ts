/** FastSAM's network (Zhao et al. 2023): YOLOv8-seg, with the tensor names of Ultralytics' `SegmentationModel`. */
import { resizeNearest } from '@darkroom/graph/layers/resize';
import { Scope } from '@darkroom/graph/layers/scope';
import { concat } from '@darkroom/graph/ops/movement';
import { input, type Value } from '@darkroom/graph/value';
import type { DeclaredWeights } from '../declare-weights.ts';
import { c2f, convBlock, pyramidPooling } from './blocks.ts';
import { blocksOf, channelsOf, type FastSamConfig } from './config.ts';
import { type FastSamNetworkOutput, segmentHead } from './head.ts';

/** Sides of a picture are multiples of this many pixels, the coarsest level's cell. */
export const fastSamStride = 32;

/** @param image colours in [0, 1], [N, 3, H, W]; sides are multiples of {@link fastSamStride} */
export function fastSamNetwork(scope: Scope, image: Value, config: FastSamConfig): FastSamNetworkOutput {
  const layer = (index: number): Scope => scope.child('model', index);
  const halved = (index: number, x: Value, full: number): Value =>
    convBlock(layer(index), x, channelsOf(full, config), { stride: 2 });
  const mixed = (index: number, x: Value, [full, blocks, residual]: readonly [number, number, boolean]) =>
    c2f(layer(index), x, { out: channelsOf(full, config), blocks: blocksOf(blocks, config), residual });

  const quarter = mixed(2, halved(1, halved(0, image, 64), 128), [128, 3, true]);
  const eighth = mixed(4, halved(3, quarter, 256), [256, 6, true]);
  const sixteenth = mixed(6, halved(5, eighth, 512), [512, 6, true]);
  const deepest = mixed(8, halved(7, sixteenth, 1024), [1024, 3, true]);
  const coarse = pyramidPooling(layer(9), deepest, channelsOf(1024, config));

  const downTo16 = mixed(12, concat([resizeNearest(coarse, 2), sixteenth], 1), [512, 3, false]);
  const fine = mixed(15, concat([resizeNearest(downTo16, 2), eighth], 1), [256, 3, false]);
  const middle = mixed(18, concat([halved(16, fine, 256), downTo16], 1), [512, 3, false]);
  const last = mixed(21, concat([halved(19, middle, 512), coarse], 1), [1024, 3, false]);
  const levels = [fine, middle, last].map((features, i) => ({ features, stride: 8 * 2 ** i }));
  return segmentHead(layer(22), levels, config);
}

/** What the checkpoint of a FastSAM holds, but for the counters that its norms kept in training. */
export function declareFastSam(config: FastSamConfig): DeclaredWeights {
  const scope = Scope.root();
  fastSamNetwork(scope, input('image', [1, 3, fastSamStride, fastSamStride]), config);
  return scope.parameters;
}
