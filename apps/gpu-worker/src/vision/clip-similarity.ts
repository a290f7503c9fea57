/** CLIP in use: the cosine of a picture's vector with those of texts. */
import { join } from 'node:path';
import { input } from '@darkroom/graph/value';
import type { Raster } from '../image/raster.ts';
import { readConfig, readJson } from '../models/checkpoint.ts';
import { ClipConfig, clipImageFeatures, clipTextFeatures, declareClip } from '../models/clip.ts';
import { openTokenizer, type Tokenizer } from '../models/tokenizer.ts';
import { unitVectors } from '../models/unit-vectors.ts';
import type { Component, ModelStore } from '../runtime/model-store.ts';
import { PictureTensorConfig, pictureTensor } from './picture-tensor.ts';
import { cosinesOf, rowsFor, type Similarity } from './similarity.ts';

/** @throws model_not_found, model_corrupt, model_unsupported */
export async function openClip(folder: string, store: ModelStore): Promise<Similarity> {
  const config = await readConfig(folder, ClipConfig);
  const preprocessor = await readJson(join(folder, 'preprocessor_config.json'), PictureTensorConfig);
  const tokenizer = await openTokenizer(folder);
  const component = { folder, declare: () => declareClip(config) };
  return new ClipSimilarity(store, { component, config, preprocessor, tokenizer });
}

interface ClipModel {
  readonly component: Component;
  readonly config: ClipConfig;
  readonly preprocessor: PictureTensorConfig;
  readonly tokenizer: Tokenizer;
}

class ClipSimilarity implements Similarity {
  readonly folder: string;
  readonly measure = 'cosine';
  readonly #store: ModelStore;
  readonly #model: ClipModel;

  constructor(store: ModelStore, model: ClipModel) {
    this.folder = model.component.folder;
    this.#store = store;
    this.#model = model;
  }

  async compare(raster: Raster, texts: readonly string[]): Promise<number[]> {
    if (texts.length === 0) return [];
    return cosinesOf(await this.#pictureVector(raster), await this.#textVectors(texts)).slice(
      0,
      texts.length,
    );
  }

  async #pictureVector(raster: Raster): Promise<Float32Array> {
    const { component, config, preprocessor } = this.#model;
    const { pixels, width, height } = pictureTensor(raster, preprocessor);
    const shape = [1, config.vision_config.num_channels, height, width];
    using lease = await this.#store.session({
      component,
      key: `picture ${shape.join('x')}`,
      build: (scope) => ({ vector: unitVectors(clipImageFeatures(scope, input('pixels', shape), config)) }),
    });
    const { vector } = await lease.value.run<'vector'>({ pixels });
    return vector as Float32Array;
  }

  async #textVectors(texts: readonly string[]): Promise<Float32Array> {
    const { component, config, tokenizer } = this.#model;
    const rows = rowsFor(texts.length);
    const length = Math.min(tokenizer.length, config.text_config.max_position_embeddings);
    const ids = new BigInt64Array(rows * length);
    for (let row = 0; row < rows; row++) {
      ids.set(tokenizer.encodePadded(texts[row] ?? '', length).ids, row * length);
    }
    using lease = await this.#store.session({
      component,
      key: `texts ${rows}x${length}`,
      build: (scope) => {
        const words = input('ids', [rows, length], 'int64');
        return { vectors: unitVectors(clipTextFeatures(scope, words, config)) };
      },
    });
    const { vectors } = await lease.value.run<'vectors'>({ ids });
    return vectors as Float32Array;
  }
}
