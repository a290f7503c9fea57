/** CenterNet in use: finds what words name, in English and Chinese, by a list of nouns. */
import { join } from 'node:path';
import { input } from '@darkroom/graph/value';
import type { Raster } from '../image/raster.ts';
import { centernetBackbone } from '../models/centernet/backbone.ts';
import { CenternetConfig } from '../models/centernet/config.ts';
import { declareCenternet } from '../models/centernet/declare-centernet.ts';
import { boxSides, centernetNeck, classFeatures, classLogits } from '../models/centernet/heads.ts';
import { readConfig, readJson } from '../models/checkpoint.ts';
import type { Component, ModelStore } from '../runtime/model-store.ts';
import { clipBox, suppressOverlaps } from './boxes.ts';
import { type CenternetMaps, type CentrePeak, centrePeaks } from './centernet-detections.ts';
import { type ColourName, colourShare } from './colour-names.ts';
import { type Detection, type DetectOptions, type Detector, defaultLimit } from './detector.ts';
import { fromLetterbox, type Letterbox, letterboxOf, letterboxPixels } from './letterbox.ts';
import { NounBook, NounList } from './noun-book.ts';
import { type NounPhrase, readQuery } from './noun-phrase.ts';

/** Chosen on photos of the training split, where it finds all things and three of four answers are right. */
const defaultThreshold = 0.3;
/** No answer is less sure than this, whatever threshold is asked for: every place has some probability. */
const leastScore = 0.02;
/** Of boxes for one query that overlap more, the surest stays. */
const maxIou = 0.5;
/** A thing is of a colour where at least this share of it is; from `fullShare` on its score stays whole. */
const leastShare = 0.12;
const fullShare = 0.35;

/** @throws model_not_found, model_corrupt, model_unsupported */
export async function openWordDetector(folder: string, store: ModelStore): Promise<WordDetector> {
  const config = await readConfig(folder, CenternetConfig);
  const nouns = await readJson(join(folder, 'nouns.json'), NounList);
  return new WordDetector(store, {
    component: { folder, declare: () => declareCenternet(config) },
    config,
    book: new NounBook(nouns),
  });
}

interface WordModel {
  readonly component: Component;
  readonly config: CenternetConfig;
  readonly book: NounBook;
}

/** A picture as the network saw it once. */
interface View {
  readonly box: Letterbox;
  readonly maps: CenternetMaps;
}

/** Finds things of its list of nouns; a colour in a query is judged by the pixels. */
export class WordDetector implements Detector {
  readonly folder: string;
  readonly #store: ModelStore;
  readonly #model: WordModel;

  constructor(store: ModelStore, model: WordModel) {
    this.folder = model.component.folder;
    this.#store = store;
    this.#model = model;
  }

  /** Queries in which no noun is known: nothing is ever found for them. */
  unknownQueries(queries: readonly string[]): string[] {
    return queries.filter((query) => readQuery(query, this.#model.book).length === 0);
  }

  /** What the queries name, the surest first; a query of which no noun is known finds nothing. */
  async detect(
    raster: Raster,
    queries: readonly string[],
    { threshold = defaultThreshold, limit = defaultLimit }: DetectOptions = {},
  ): Promise<Detection[]> {
    const phrases = queries.map((query) => readQuery(query, this.#model.book));
    if (phrases.every((list) => list.length === 0)) return [];
    const views = await this.#look(raster);
    const least = Math.max(leastScore, threshold);
    const found = queries.flatMap((label, i) => {
      const things = (phrases[i] ?? []).flatMap((phrase) => this.#find(views, raster, phrase, least));
      return suppressOverlaps(things, maxIou).map(({ box, score }) => ({ label, score, box }));
    });
    return found.sort((a, b) => b.score - a.score).slice(0, limit);
  }

  /** What one phrase names, in pixels of the picture. */
  #find(
    views: readonly View[],
    raster: Raster,
    { noun, colours }: NounPhrase,
    threshold: number,
  ): CentrePeak[] {
    const rows = noun.labels.map((label) => this.#model.config.labels.indexOf(label));
    const peaks = views.flatMap(({ box, maps }) =>
      rows.flatMap((row) =>
        centrePeaks(maps, row, threshold).map((peak) => ({
          ...peak,
          box: clipBox(fromLetterbox(peak.box, box, raster), raster),
        })),
      ),
    );
    const whole = peaks.filter(
      ({ box: [left, top, right, bottom] }) => right - left >= 1 && bottom - top >= 1,
    );
    const things = suppressOverlaps(whole, maxIou);
    return colours.length === 0 ? things : ofColour(things, { raster, colours, threshold });
  }

  /** The whole picture, its mirror image, and the picture at three quarters: what one view misses another may show. */
  async #look(raster: Raster): Promise<View[]> {
    const side = this.#model.config.image_size;
    const small = Math.max(32, Math.round((side * 0.75) / 32) * 32);
    return [
      ...(await this.#run(raster, [letterboxOf(raster, side), letterboxOf(raster, side, true)])),
      ...(await this.#run(raster, [letterboxOf(raster, small)])),
    ];
  }

  /** Views of one size, in one run. */
  async #run(raster: Raster, boxes: readonly Letterbox[]): Promise<View[]> {
    const { component, config } = this.#model;
    const side = (boxes[0] as Letterbox).side;
    const pixels = new Float32Array(boxes.length * 3 * side * side);
    boxes.forEach((box, i) => {
      pixels.set(letterboxPixels(raster, box), i * 3 * side * side);
    });
    using lease = await this.#store.session({
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
    const { logits, sides } = (await lease.value.run<'logits' | 'sides'>({ image: pixels })) as Record<
      'logits' | 'sides',
      Float32Array
    >;
    const stride = 4;
    const area = (side / stride) ** 2;
    return boxes.map((box, i) => {
      const part = (data: Float32Array, rows: number): Float32Array =>
        data.subarray(i * rows * area, (i + 1) * rows * area);
      const maps = {
        logits: part(logits, config.labels.length),
        sides: part(sides, 4),
        width: side / stride,
        height: side / stride,
        stride,
      };
      return { box, maps };
    });
  }
}

interface ColourQuestion {
  readonly raster: Raster;
  readonly colours: readonly ColourName[];
  readonly threshold: number;
}

/** The things of which enough has one of the colours. */
function ofColour(
  things: readonly CentrePeak[],
  { raster, colours, threshold }: ColourQuestion,
): CentrePeak[] {
  return things.flatMap((thing) => {
    const share = colourShare(raster, thing.box, colours);
    const score = thing.score * Math.min(1, share / fullShare);
    return share >= leastShare && score >= threshold ? [{ ...thing, score }] : [];
  });
}
