/** Running a CenterNet on a picture: which views it gets, and what it says of them. */
import { input } from '@darkroom/graph/value';
import type { Raster } from '../image/raster.ts';
import { centernetBackbone } from '../models/centernet/backbone.ts';
import type { CenternetConfig } from '../models/centernet/config.ts';
import { boxSides, centernetNeck, classFeatures, classLogits, mapStride } from '../models/centernet/heads.ts';
import type { Component, ModelStore } from '../runtime/model-store.ts';
import type { CenternetMaps } from './centernet-detections.ts';
import { type Letterbox, letterboxOf, letterboxPixels } from './letterbox.ts';

/** A picture as the network saw it once. */
export interface View {
  readonly box: Letterbox;
  readonly maps: CenternetMaps;
}

/** An opened detector. */
export interface CenternetModel {
  readonly component: Component;
  readonly config: CenternetConfig;
}

/** The whole picture, its mirror image, and a copy of three quarters: what one view misses another may show. */
export async function lookAt(store: ModelStore, model: CenternetModel, raster: Raster): Promise<View[]> {
  const side = model.config.image_size;
  const small = Math.max(32, Math.round((side * 0.75) / 32) * 32);
  return [
    ...(await runViews(store, model, raster, [letterboxOf(raster, side), letterboxOf(raster, side, true)])),
    ...(await runViews(store, model, raster, [letterboxOf(raster, small)])),
  ];
}

/** Views of one size, in one run. */
async function runViews(
  store: ModelStore,
  { component, config }: CenternetModel,
  raster: Raster,
  boxes: readonly Letterbox[],
): Promise<View[]> {
  const side = (boxes[0] as Letterbox).side;
  const pixels = new Float32Array(boxes.length * 3 * side * side);
  boxes.forEach((box, i) => {
    pixels.set(letterboxPixels(raster, box), i * 3 * side * side);
  });
  using lease = await store.session({
    component,
    key: `detect ${boxes.length}x${side}`,
    build: (scope) => {
      const image = input('image', [boxes.length, 3, side, side]);
      const features = centernetBackbone(scope.child('backbone'), image, config.backbone_config);
      const fused = centernetNeck(scope.child('neck'), features, config);
      const logits = classLogits(scope, classFeatures(scope, fused), config.labels.length);
      return { logits, sides: boxSides(scope, fused) };
    },
  });
  const outputs = await lease.value.run<'logits' | 'sides'>({ image: pixels });
  const { logits, sides } = outputs as Record<'logits' | 'sides', Float32Array>;
  const width = side / mapStride;
  const part = (data: Float32Array, i: number): Float32Array =>
    data.subarray((i * data.length) / boxes.length, ((i + 1) * data.length) / boxes.length);
  return boxes.map((box, i) => ({
    box,
    maps: { logits: part(logits, i), sides: part(sides, i), width, height: width },
  }));
}
