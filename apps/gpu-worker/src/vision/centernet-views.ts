/** Running a CenterNet on a picture: which views it gets, and what either of its heads says of them. */
import { input } from '@darkroom/graph/value';
import type { Raster } from '../image/raster.ts';
import { centernetBackbone } from '../models/centernet/backbone.ts';
import type { CenternetConfig } from '../models/centernet/config.ts';
import {
  boxSides,
  centernetNeck,
  classFeatures,
  classLogits,
  classStride,
} from '../models/centernet/heads.ts';
import {
  halved,
  taughtFeatures,
  taughtLogits,
  taughtScores,
  taughtSides,
  taughtStride,
} from '../models/centernet/taught-head.ts';
import type { Component, ModelStore, Network } from '../runtime/model-store.ts';
import type { CenternetMaps } from './centernet-detections.ts';
import { type Letterbox, letterboxOf, letterboxPixels } from './letterbox.ts';

/** The published classes, or the nouns that were taught later. */
export type Head = 'classes' | 'taught';

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

/**
 * What a head says of a picture: of the whole, of its mirror image and, of the published classes, of a smaller copy. What
 * one view misses another may show.
 * @throws TypeError when the detector has no such head
 */
export async function lookAt(
  store: ModelStore,
  model: CenternetModel,
  { raster, head }: { readonly raster: Raster; readonly head: Head },
): Promise<View[]> {
  const side = head === 'classes' ? model.config.image_size : taughtOf(model.config).image_size;
  const pair = [letterboxOf(raster, side), letterboxOf(raster, side, true)];
  const views = await runViews(store, model, { raster, head, boxes: pair });
  if (head === 'taught') return views;
  const small = letterboxOf(raster, Math.max(32, Math.round((side * 0.75) / 32) * 32));
  return [...views, ...(await runViews(store, model, { raster, head, boxes: [small] }))];
}

function taughtOf({ taught_config: taught }: CenternetConfig) {
  if (!taught) throw new TypeError('expected a detector with a second head, got one without');
  return taught;
}

interface Batch {
  readonly raster: Raster;
  readonly head: Head;
  /** All of one size. */
  readonly boxes: readonly Letterbox[];
}

async function runViews(
  store: ModelStore,
  model: CenternetModel,
  { raster, head, boxes }: Batch,
): Promise<View[]> {
  const side = (boxes[0] as Letterbox).side;
  const pixels = new Float32Array(boxes.length * 3 * side * side);
  boxes.forEach((box, i) => {
    pixels.set(letterboxPixels(raster, box), i * 3 * side * side);
  });
  using lease = await store.session(networkOf(model, head, [boxes.length, side]));
  const outputs = await lease.value.run<'logits' | 'sides'>({ image: pixels });
  const { logits, sides } = outputs as Record<'logits' | 'sides', Float32Array>;
  const stride = head === 'classes' ? classStride : taughtStride;
  const width = side / stride;
  const part = (data: Float32Array, i: number): Float32Array =>
    data.subarray((i * data.length) / boxes.length, ((i + 1) * data.length) / boxes.length);
  return boxes.map((box, i) => ({
    box,
    maps: { logits: part(logits, i), sides: part(sides, i), width, height: width, stride },
  }));
}

function networkOf(
  { component, config }: CenternetModel,
  head: Head,
  [batch, side]: [number, number],
): Network {
  return {
    component,
    key: `${head} ${batch}x${side}`,
    build: (scope) => {
      const image = input('image', [batch, 3, side, side]);
      const features = centernetBackbone(scope.child('backbone'), image, config.backbone_config);
      const fused = centernetNeck(scope.child('neck'), features, config);
      if (head === 'classes') {
        const logits = classLogits(scope, classFeatures(scope, fused), config.labels.length);
        return { logits, sides: boxSides(scope, fused) };
      }
      const taught = taughtOf(config);
      const inputs = taughtFeatures({ ...features, fused: halved(fused) });
      const scores = taughtScores(scope.child('taught'), inputs, taught);
      return { logits: taughtLogits(scores, taught), sides: taughtSides(boxSides(scope, fused)) };
    },
  };
}
