/** OWL-ViT in use: finds whatever words name. */

import { join } from 'node:path';
import { input } from '@darkroom/graph/value';
import { AppError } from '@darkroom/shared/errors';
import type { Raster } from '../image/raster.ts';
import { readConfig, readJson } from '../models/checkpoint.ts';
import { declareOwlvit, OwlvitConfig, owlvitLogits, owlvitQueries, owlvitRegions } from '../models/owlvit.ts';
import { openTokenizer, type Tokenizer } from '../models/tokenizer.ts';
import type { Component, ModelStore } from '../runtime/model-store.ts';
import { clipBox, suppressOverlaps } from './boxes.ts';
import { type Detection, type DetectOptions, type Detector, defaultLimit } from './detector.ts';
import { type DetectionOutput, textDetections } from './owlvit-detections.ts';
import { PictureTensorConfig, pictureTensor } from './picture-tensor.ts';
import { photoPhrase } from './query-words.ts';

/** Queries of one run; fewer are filled up with rows of padding, so that one compilation serves all. */
const queryRows = 16;
/** Of boxes of one query that overlap more, the surer stays: neighbouring patches often see the same thing. */
const maxIou = 0.5;
/** Below this the published models see things everywhere. */
const defaultThreshold = 0.1;
/** The id of a row that is no query. */
const padding = 0n;

/** @throws model_not_found, model_corrupt, model_unsupported */
export async function openOwlvit(folder: string, store: ModelStore): Promise<Detector> {
  const config = await readConfig(folder, OwlvitConfig);
  const preprocessor = await readJson(join(folder, 'preprocessor_config.json'), PictureTensorConfig);
  const tokenizer = await openTokenizer(folder);
  const component = { folder, declare: () => declareOwlvit(config) };
  return new OwlvitDetector(store, { component, config, preprocessor, tokenizer });
}

interface OwlvitModel {
  readonly component: Component;
  readonly config: OwlvitConfig;
  readonly preprocessor: PictureTensorConfig;
  readonly tokenizer: Tokenizer;
}

class OwlvitDetector implements Detector {
  readonly folder: string;
  readonly #store: ModelStore;
  readonly #model: OwlvitModel;

  constructor(store: ModelStore, model: OwlvitModel) {
    this.folder = model.component.folder;
    this.#store = store;
    this.#model = model;
  }

  async detect(
    raster: Raster,
    queries: readonly string[],
    { threshold = defaultThreshold, limit = defaultLimit }: DetectOptions = {},
  ): Promise<Detection[]> {
    if (queries.length > queryRows) {
      const message = `queries: expected at most ${queryRows}, got ${queries.length}`;
      throw new AppError('invalid_request', { message, details: { field: 'queries' } });
    }
    const output = await this.#look(raster, this.#idsOf(queries));
    const found = textDetections(output, raster, threshold);
    const distinct = queries.flatMap((label, query) =>
      suppressOverlaps(
        found
          .filter((detection) => detection.query === query)
          .map(({ box, score }) => ({ label, score, box: clipBox(box, raster) })),
        maxIou,
      ),
    );
    return distinct.sort((a, b) => b.score - a.score).slice(0, limit);
  }

  #idsOf(queries: readonly string[]): BigInt64Array {
    const { config, tokenizer } = this.#model;
    const length = config.text_config.max_position_embeddings;
    const ids = new BigInt64Array(queryRows * length);
    queries.forEach((query, row) => {
      const padded = tokenizer.encodePadded(photoPhrase(query), length).ids;
      // Rows are filled up with 0 after their end, whatever the tokenizer's own filling is.
      const end = padded.indexOf(BigInt(tokenizer.endId));
      ids.set(padded.fill(padding, end + 1), row * length);
    });
    return ids;
  }

  async #look(raster: Raster, ids: BigInt64Array): Promise<DetectionOutput> {
    const { component, config, preprocessor } = this.#model;
    const { image_size: side, num_channels: channels } = config.vision_config;
    // The whole picture is squeezed into the square; files that say otherwise are older than the reference's correction.
    const square = { ...preprocessor, size: { width: side, height: side }, crop: undefined };
    const { pixels } = pictureTensor(raster, square);
    using lease = await this.#store.session({
      component,
      key: 'detect',
      build: (scope) => {
        const regions = owlvitRegions(scope, input('pixels', [1, channels, side, side]), config);
        const shape = [queryRows, ids.length / queryRows];
        const words = owlvitQueries(scope, input('ids', shape, 'int64'), config);
        return { logits: owlvitLogits(scope, regions, words), boxes: regions.boxes };
      },
    });
    const { logits, boxes } = await lease.value.run<'logits' | 'boxes'>({ pixels, ids });
    return { logits: logits as Float32Array, boxes: boxes as Float32Array };
  }
}
