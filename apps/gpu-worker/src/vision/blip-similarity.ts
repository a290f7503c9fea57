/** BLIP for retrieval in use: the cosine of a picture's vector with those of texts (its ITC score). */
import { join } from 'node:path';
import { input } from '@darkroom/graph/value';
import type { Raster } from '../image/raster.ts';
import {
  BlipRetrievalConfig,
  blipPictureFeatures,
  blipTextFeatures,
  declareBlipRetrieval,
} from '../models/blip/retrieval.ts';
import { blipVision } from '../models/blip/vision-tower.ts';
import { openWordPieces, type WordPieces } from '../models/blip/word-pieces.ts';
import { readConfig, readJson } from '../models/checkpoint.ts';
import type { Component, ModelStore } from '../runtime/model-store.ts';
import { PictureTensorConfig, pictureTensor } from './picture-tensor.ts';
import { cosinesOf, rowsFor, type Similarity } from './similarity.ts';

/** Texts are padded to a multiple of this many tokens, which are not read: few networks are compiled. */
const lengthStep = 16;

/** @throws model_not_found, model_corrupt, model_unsupported */
export async function openBlipRetrieval(folder: string, store: ModelStore): Promise<Similarity> {
  const config = await readConfig(folder, BlipRetrievalConfig);
  const preprocessor = await readJson(join(folder, 'preprocessor_config.json'), PictureTensorConfig);
  const words = await openWordPieces(folder);
  const component = { folder, declare: () => declareBlipRetrieval(config) };
  return new BlipSimilarity(store, { component, config, preprocessor, words });
}

interface BlipModel {
  readonly component: Component;
  readonly config: BlipRetrievalConfig;
  readonly preprocessor: PictureTensorConfig;
  readonly words: WordPieces;
}

class BlipSimilarity implements Similarity {
  readonly folder: string;
  readonly measure = 'cosine';
  readonly #store: ModelStore;
  readonly #model: BlipModel;

  constructor(store: ModelStore, model: BlipModel) {
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
    const { image_size: side } = config.vision_config;
    const square = { ...preprocessor, size: { width: side, height: side }, crop: undefined };
    const { pixels } = pictureTensor(raster, square);
    using lease = await this.#store.session({
      component,
      key: 'picture',
      build: (scope) => {
        const states = blipVision(scope, input('pixels', [1, 3, side, side]), config.vision_config);
        return { vector: blipPictureFeatures(scope, states, config) };
      },
    });
    const { vector } = await lease.value.run<'vector'>({ pixels });
    return vector as Float32Array;
  }

  async #textVectors(texts: readonly string[]): Promise<Float32Array> {
    const { component, config, words } = this.#model;
    const rows = rowsFor(texts.length);
    const { max_position_embeddings: most } = config.text_config;
    const marked = texts.map((text) => words.encodeMarked(text, most));
    const longest = Math.max(...marked.map((ids) => ids.length));
    const length = Math.min(most, lengthStep * Math.ceil(longest / lengthStep));
    const ids = new BigInt64Array(rows * length);
    // Rows beyond the texts repeat the first: a row of padding alone would have nothing to read.
    for (let row = 0; row < rows; row++)
      ids.set((marked[row] ?? (marked[0] as number[])).map(BigInt), row * length);
    using lease = await this.#store.session({
      component,
      key: `texts ${rows}x${length}`,
      build: (scope) => ({ vectors: blipTextFeatures(scope, input('ids', [rows, length], 'int64'), config) }),
    });
    const { vectors } = await lease.value.run<'vectors'>({ ids });
    return vectors as Float32Array;
  }
}
