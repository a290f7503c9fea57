/** OWL-ViT asked with a picture instead of words: finds what looks like an example (Minderer et al. 2022, section 4.4). */
import { join } from 'node:path';
import { input } from '@darkroom/graph/value';
import type { Raster } from '../image/raster.ts';
import { readConfig, readJson } from '../models/checkpoint.ts';
import { declareOwlvit, OwlvitConfig, owlvitLogits, owlvitRegions } from '../models/owlvit.ts';
import type { Component, ModelStore } from '../runtime/model-store.ts';
import { type Box, clipBox, scaleBox } from './boxes.ts';
import {
  chooseQuery,
  imageDetections,
  type RelativeDetection,
  type RelativeOptions,
} from './owlvit-detections.ts';
import { PictureTensorConfig, pictureTensor } from './picture-tensor.ts';

/** What is looked for. */
export interface Example {
  readonly picture: Raster;
  /** The part of it that shows the thing, in its pixels. Absent: all of it. */
  readonly box?: Box;
}

/** An opened model. */
export interface OwlvitMatcher {
  /** What in the picture looks like the example, the best first, without overlaps; boxes lie within the picture. */
  find(picture: Raster, example: Example, options?: RelativeOptions): Promise<RelativeDetection[]>;
}

/** Its weights are read when they are first needed. @throws model_not_found, model_corrupt */
export async function openOwlvitMatcher(folder: string, store: ModelStore): Promise<OwlvitMatcher> {
  const config = await readConfig(folder, OwlvitConfig);
  const preprocessor = await readJson(join(folder, 'preprocessor_config.json'), PictureTensorConfig);
  const component: Component = { folder, declare: () => declareOwlvit(config) };
  const look = (raster: Raster, query: Float32Array) =>
    lookAt(raster, query, { store, component, config, preprocessor });
  return {
    find: async (picture, example, options) => {
      const unasked = new Float32Array(config.projection_dim);
      const { picture: shown, box } = example;
      const wanted = box && scaleBox(box, 1 / shown.width, 1 / shown.height);
      const { embedding } = chooseQuery(await look(shown, unasked), wanted);
      const found = imageDetections(await look(picture, embedding), picture, options);
      return found.map((detection) => ({ ...detection, box: clipBox(detection.box, picture) }));
    },
  };
}

interface Looking {
  readonly store: ModelStore;
  readonly component: Component;
  readonly config: OwlvitConfig;
  readonly preprocessor: PictureTensorConfig;
}

type Output = 'logits' | 'boxes' | 'classEmbeddings';

/** One picture's patches, and how much each looks like the query. */
async function lookAt(
  raster: Raster,
  query: Float32Array,
  { store, component, config, preprocessor }: Looking,
): Promise<Record<Output, Float32Array>> {
  const { image_size: side, num_channels: channels } = config.vision_config;
  // The whole picture is squeezed into the square, whatever an old file says of cutting out its middle.
  const square = { ...preprocessor, size: { width: side, height: side }, crop: undefined };
  const { pixels } = pictureTensor(raster, square);
  using lease = await store.session({
    component,
    key: 'match',
    build: (scope) => {
      const { features, boxes, classEmbeddings } = owlvitRegions(
        scope,
        input('pixels', [1, channels, side, side]),
        config,
      );
      const embeddings = input('query', [1, config.projection_dim]);
      return {
        logits: owlvitLogits(scope, { features, classEmbeddings }, { embeddings }),
        boxes,
        classEmbeddings,
      };
    },
  });
  return (await lease.value.run<Output>({ pixels, query })) as Record<Output, Float32Array>;
}
