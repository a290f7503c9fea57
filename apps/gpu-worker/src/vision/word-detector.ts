/** CenterNet in use: finds what words name, in English and Chinese, by a list of nouns. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Raster } from '../image/raster.ts';
import { CenternetConfig } from '../models/centernet/config.ts';
import { declareCenternet } from '../models/centernet/declare-centernet.ts';
import { readConfig, readJson } from '../models/checkpoint.ts';
import type { ModelStore } from '../runtime/model-store.ts';
import { boxIou, clipBox, suppressOverlaps } from './boxes.ts';
import { type CentrePeak, centrePeaks } from './centernet-detections.ts';
import { type CenternetModel, lookAt, type View } from './centernet-views.ts';
import { type ColourName, colourShare } from './colour-names.ts';
import { type Detection, type DetectOptions, type Detector, defaultLimit } from './detector.ts';
import { fromLetterbox } from './letterbox.ts';
import { type Noun, NounBook, NounList } from './noun-book.ts';
import { type NounPhrase, readQuery } from './noun-phrase.ts';

/** Chosen on photos of the training split: below it wrong answers grow faster than right ones. */
const defaultThreshold = 0.3;
/** No answer is less sure than this, whatever threshold is asked for: every place has some probability. */
const leastScore = 0.02;
/** Of boxes for one query that overlap more, the surest stays. */
const maxIou = 0.5;
/** Boxes that overlap more than this are of one thing, which is what it most looks like of all that is asked for. */
const sameIou = 0.75;
/** A thing is of a colour where at least this share of it is; from `fullShare` on its score stays whole. */
const leastShare = 0.12;
const fullShare = 0.35;

/** Folder, beside a detector's own files, of the detector that finds what it doesn't. */
const finderFolder = 'finder';

/** @throws model_not_found, model_corrupt, model_unsupported */
export async function openWordDetector(folder: string, store: ModelStore): Promise<WordDetector> {
  const inner = join(folder, finderFolder);
  const finder = existsSync(inner) ? await openAlone(inner, store) : undefined;
  return openAlone(folder, store, finder);
}

async function openAlone(folder: string, store: ModelStore, finder?: WordDetector): Promise<WordDetector> {
  const config = await readConfig(folder, CenternetConfig);
  const nouns = await readJson(join(folder, 'nouns.json'), NounList);
  const component = { folder, declare: () => declareCenternet(config) };
  return new WordDetector(store, { component, config }, { book: new NounBook(nouns), finder });
}

/** What was found for each class, by its row. */
type Things = ReadonlyMap<number, readonly CentrePeak[]>;

/** Finds things of its list of nouns; a colour in a query is judged by the pixels. */
export class WordDetector implements Detector {
  readonly folder: string;
  readonly finder: WordDetector | undefined;
  readonly #store: ModelStore;
  readonly #model: CenternetModel;
  readonly #book: NounBook;

  constructor(
    store: ModelStore,
    model: CenternetModel,
    { book, finder }: { readonly book: NounBook; readonly finder?: WordDetector | undefined },
  ) {
    this.folder = model.component.folder;
    this.finder = finder;
    this.#store = store;
    this.#model = model;
    this.#book = book;
  }

  /** Queries in which no noun is known: nothing is ever found for them. */
  unknownQueries(queries: readonly string[]): string[] {
    return queries.filter((query) => readQuery(query, this.#book).length === 0);
  }

  /** What the queries name, the surest first; a query of which no noun is known finds nothing. */
  async detect(
    raster: Raster,
    queries: readonly string[],
    { threshold = defaultThreshold, limit = defaultLimit }: DetectOptions = {},
  ): Promise<Detection[]> {
    const least = Math.max(leastScore, threshold);
    const phrases = queries.map((query) => readQuery(query, this.#book));
    const nouns = phrases.flat().map(({ noun }) => noun);
    const things = await this.#things(raster, nouns, least);
    const named = ({ noun, colours }: NounPhrase): CentrePeak[] => {
      const found = this.#rows(noun).flatMap((row) => things.get(row) ?? []);
      return colours.length === 0 ? found : ofColour(found, { raster, colours, threshold: least });
    };
    const found = queries.flatMap((label, i) =>
      suppressOverlaps((phrases[i] ?? []).flatMap(named), maxIou).map(({ box, score }) => ({
        label,
        score,
        box,
      })),
    );
    return found.sort((a, b) => b.score - a.score).slice(0, limit);
  }

  #rows({ labels }: Noun): number[] {
    return labels.map((label) => this.#model.config.labels.indexOf(label));
  }

  /** What there is of the nouns, each thing for the class that it most looks like of all that are asked for. */
  async #things(raster: Raster, nouns: readonly Noun[], least: number): Promise<Things> {
    const rows = [...new Set(nouns.flatMap((noun) => this.#rows(noun)))];
    if (rows.length === 0) return new Map();
    const views = await lookAt(this.#store, this.#model, raster);
    const all = rows.map((row) => [row, peaksOfRow(views, row, { raster, least })] as const);
    return new Map(all.map(([row, peaks]) => [row, peaks.filter((peak) => isBest(peak, row, all))]));
  }
}

/** Peaks of one row in all views, in pixels of the picture. */
function peaksOfRow(
  views: readonly View[],
  row: number,
  { raster, least }: { raster: Raster; least: number },
): CentrePeak[] {
  const peaks = views.flatMap(({ box: place, maps }) =>
    centrePeaks(maps, row, least).map(({ box, score }) => ({
      score,
      box: clipBox(fromLetterbox(box, place, raster), raster),
    })),
  );
  const whole = peaks.filter(({ box: [left, top, right, bottom] }) => right - left >= 1 && bottom - top >= 1);
  return suppressOverlaps(whole, maxIou);
}

function isBest(
  { box, score }: CentrePeak,
  row: number,
  all: readonly (readonly [row: number, peaks: readonly CentrePeak[]])[],
): boolean {
  return all.every(
    ([other, peaks]) =>
      other === row || peaks.every((peak) => peak.score <= score || boxIou(peak.box, box) <= sameIou),
  );
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
