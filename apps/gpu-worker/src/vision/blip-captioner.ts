/** BLIP in use: a sentence about a picture, one token at a time. */
import { join } from 'node:path';
import { input } from '@darkroom/graph/value';
import { AppError } from '@darkroom/shared/errors';
import { uniforms } from '@darkroom/shared/random';
import type { Raster } from '../image/raster.ts';
import { BlipConfig } from '../models/blip/config.ts';
import { declareBlip, tiedBlipCopy } from '../models/blip/declare-blip.ts';
import { blipPicture, blipStep, type StepShape } from '../models/blip/decoder-step.ts';
import { captionLogits } from '../models/blip/next-logits.ts';
import { openWordPieces, type WordPieces } from '../models/blip/word-pieces.ts';
import { readConfig, readJson } from '../models/checkpoint.ts';
import type { Component, ModelStore } from '../runtime/model-store.ts';
import type { HostArray } from '../runtime/session.ts';
import { beamSearch } from './beam-search.ts';
import type { Caption, Captioner, CaptionOptions } from './captioner.ts';
import { PictureTensorConfig, pictureTensor } from './picture-tensor.ts';
import { greedySearch, type NextLogits, nucleusSearch, type ScoredText } from './text-decoding.ts';

/** Tokens that the smallest step network has room for. */
const leastLength = 32;

/** @throws model_not_found, model_corrupt, model_unsupported */
export async function openBlip(folder: string, store: ModelStore): Promise<Captioner> {
  const config = await readConfig(folder, BlipConfig);
  const preprocessor = await readJson(join(folder, 'preprocessor_config.json'), PictureTensorConfig);
  const words = await openWordPieces(folder);
  const component = { folder, declare: () => declareBlip(config), ignore: tiedBlipCopy };
  return new BlipCaptioner(store, { component, config, preprocessor, words });
}

interface BlipModel {
  readonly component: Component;
  readonly config: BlipConfig;
  readonly preprocessor: PictureTensorConfig;
  readonly words: WordPieces;
}

class BlipCaptioner implements Captioner {
  readonly folder: string;
  readonly #store: ModelStore;
  readonly #model: BlipModel;

  constructor(store: ModelStore, model: BlipModel) {
    this.folder = model.component.folder;
    this.#store = store;
    this.#model = model;
  }

  async caption(
    raster: Raster,
    { prompt = '', beams = 3, topP, seed = 0, maxTokens = 30 }: CaptionOptions = {},
  ): Promise<Caption> {
    const { words, config } = this.#model;
    const { bos_token_id: begin, sep_token_id: end } = config.text_config;
    const start = [begin, ...words.encode(prompt)];
    const maxLength = this.#lengthOf(start.length, maxTokens);
    const picture = await this.#look(raster);
    const rows = topP === undefined ? beams : 1;
    const { text, logLikelihood } = await this.#write(picture, { rows, maxLength }, (next) => {
      const options = { start, end, maxLength };
      if (topP !== undefined)
        return nucleusSearch(next, { ...options, topP, random: drawsOf(seed, maxLength) });
      return beams === 1 ? greedySearch(next, options) : beamSearch(next, { ...options, beams });
    });
    return { caption: words.decode(text), score: logLikelihood / (text.length - start.length) };
  }

  /** Tokens of the whole text, at most. */
  #lengthOf(given: number, maxTokens: number): number {
    const { max_position_embeddings: most } = this.#model.config.text_config;
    if (given < most) return Math.min(most, given + maxTokens);
    const message = `prompt: expected at most ${most - 2} tokens, got ${given - 1}`;
    throw new AppError('invalid_request', { message, details: { field: 'prompt' } });
  }

  async #look(raster: Raster): Promise<Readonly<Record<string, HostArray>>> {
    const { component, config, preprocessor } = this.#model;
    const { image_size: side } = config.vision_config;
    // The whole picture is squeezed into the square; files that say otherwise are older than the reference's correction.
    const square = { ...preprocessor, size: { width: side, height: side }, crop: undefined };
    const { pixels } = pictureTensor(raster, square);
    using lease = await this.#store.session({
      component,
      key: 'look',
      build: (scope) => blipPicture(scope, input('pixels', [1, 3, side, side]), config),
    });
    return lease.value.run({ pixels });
  }

  async #write(
    picture: Readonly<Record<string, HostArray>>,
    { rows, maxLength }: { readonly rows: number; readonly maxLength: number },
    search: (next: NextLogits) => Promise<ScoredText>,
  ): Promise<ScoredText> {
    const { component, config } = this.#model;
    const shape: StepShape = { rows, length: roomFor(maxLength) };
    using lease = await this.#store.session({
      component,
      key: `write ${shape.rows}x${shape.length}`,
      build: (scope) => blipStep(scope, shape, config),
    });
    const run = lease.value.run.bind(lease.value);
    return await search(captionLogits({ run, shape, config: config.text_config, picture }));
  }
}

/** Uniform numbers, one after another. */
function drawsOf(seed: number, count: number): () => number {
  const draws = uniforms({ seed, image: 0, step: 0, count }).values();
  return () => draws.next().value as number;
}

/** Few lengths, so that few step networks are compiled. */
function roomFor(length: number): number {
  return Math.max(leastLength, 2 ** Math.ceil(Math.log2(length)));
}
