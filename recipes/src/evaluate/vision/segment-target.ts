/** `npm run evaluate -- segment`. */
import { parseArgs } from 'node:util';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { encodeRle } from '@darkroom/gpu-worker/vision/mask-rle';
import { openVisionModel } from '@darkroom/gpu-worker/vision/open-vision-model';
import { drawOverlay } from '@darkroom/gpu-worker/vision/overlay';
import type { Segmenter } from '@darkroom/gpu-worker/vision/segmenter';
import { countOf, parseWords, pathOf } from '../../command-words.ts';
import { openSceneSources } from '../../compositions/scene.ts';
import { openPhotos } from '../../data/store.ts';
import type { Target } from '../target.ts';
import { countLine } from './count-line.ts';
import { composedPicture, realPictures } from './known-pictures.ts';
import { type SheetCell, writePictureSheet } from './picture-sheet.ts';
import {
  type Asking,
  askings,
  type KnownPicture,
  meanIous,
  scorePicture,
  type ThingScore,
} from './segment-quality.ts';

/** Least mean intersection over union. */
const goals = {
  composed: { oneClick: 0.75, threeClicks: 0.85, box: 0.85 },
  real: { threeClicks: 0.6, box: 0.65 },
} as const satisfies Record<string, Partial<Record<Asking, number>>>;

const wordings: Readonly<Record<Asking, string>> = {
  oneClick: '1 click',
  threeClicks: '3 clicks',
  threeAtOnce: '3 clicks at once',
  box: 'box',
};

export const segmentTarget: Target = {
  summary: 'how well clicks and boxes outline things',
  usage: `npm run evaluate -- segment [--model weights/segment] [--scenes 60] [--sheet sheet.jpg] [--json]

Mean intersection over union with things in composed scenes of held-out pictures, and on real photos outlined by eye.
  --model <folder>   any segmenter: Segment Anything, FastSAM
  --scenes <n>       composed scenes; 0 leaves them out
  --only <text>      only real photos whose name holds the text
  --sheet <file>     real photos with each answer drawn in
  --cache <folder>   pictures of "npm run data:fetch"; default recipes/.cache
  --verbose          print each real thing's figures
Goals: composed ${goalsOf(goals.composed)}; real ${goalsOf(goals.real)}. Exits with 1 below.`,
  prepare: (words) => {
    const { values } = parseWords(() => parse(words));
    const asked: Asked = {
      model: pathOf('--model', values.model, 'weights/segment'),
      cache: pathOf('--cache', values.cache, 'recipes/.cache'),
      scenes: countOf('--scenes', values.scenes, 0),
      only: values.only ?? '',
      sheet: pathOf('--sheet', values.sheet, undefined),
      json: values.json,
      verbose: values.verbose,
    };
    return () => evaluateSegment(asked);
  },
};

interface Asked {
  readonly model: string;
  readonly cache: string;
  readonly scenes: number;
  readonly only: string;
  readonly sheet: string | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
}

function parse(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    options: {
      model: { type: 'string' },
      cache: { type: 'string' },
      scenes: { type: 'string', default: '60' },
      only: { type: 'string' },
      sheet: { type: 'string' },
      json: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
}

function goalsOf(part: Partial<Record<Asking, number>>): string {
  const shown = askings.flatMap((asking) =>
    part[asking] === undefined ? [] : [`${wordings[asking]} ${part[asking]}`],
  );
  return shown.join(', ');
}

async function evaluateSegment(asked: Asked): Promise<boolean> {
  await using store = new ModelStore({ budgetBytes: 2 ** 30 });
  const segmenter = await openVisionModel('segment', asked.model, store);
  const composed = asked.scenes > 0 ? await scoreComposed(segmenter, asked) : [];
  const real = await scoreReal(segmenter, asked);
  const parts = [
    { name: 'composed', scores: composed, goal: goals.composed },
    { name: 'real', scores: real, goal: goals.real },
  ].filter(({ scores }) => scores.length > 0);
  const figures = parts.map(({ name, scores, goal }) => {
    const means = meanIous(scores);
    const passed = Object.entries(goal).every(([asking, least]) => means[asking as Asking] >= least);
    return { name, things: scores.length, means, passed };
  });
  if (asked.json) console.log(JSON.stringify({ parts: figures, real: real.map(plain) }));
  else printFigures(figures, asked.verbose ? real : []);
  return figures.length > 0 && figures.every(({ passed }) => passed);
}

async function scoreComposed(segmenter: Segmenter, asked: Asked): Promise<ThingScore[]> {
  const sources = await openSceneSources(asked.cache, 'heldout');
  const report = countLine(process.stderr, 'composed scenes');
  const scores: ThingScore[] = [];
  for (let i = 0; i < asked.scenes; i++) {
    scores.push(...(await scorePicture(segmenter, await composedPicture(sources, i))));
    report(i + 1, asked.scenes);
  }
  return scores;
}

async function scoreReal(segmenter: Segmenter, asked: Asked): Promise<ThingScore[]> {
  const { pictures, missing } = await realPictures(await openPhotos(asked.cache, ['evaluation', 'vision']));
  if (missing > 0) process.stderr.write(`${missing} outlined photos are not at hand: npm run data:fetch\n`);
  const wanted = pictures.filter(({ id }) => id.includes(asked.only));
  const report = countLine(process.stderr, 'real photos');
  const scores: ThingScore[] = [];
  const cells: SheetCell[] = [];
  for (const [i, picture] of wanted.entries()) {
    const found = await scorePicture(segmenter, picture);
    scores.push(...found);
    if (asked.sheet) for (const score of found) cells.push(...(await cellsOf(picture, score)));
    report(i + 1, wanted.length);
  }
  if (asked.sheet) await writePictureSheet(cells, asked.sheet, askings.length);
  return scores;
}

function cellsOf({ raster }: KnownPicture, { object, ious, answers }: ThingScore): Promise<SheetCell[]> {
  return Promise.all(
    askings.map(async (asking) => ({
      raster: await drawOverlay(raster, [{ rle: encodeRle(answers[asking]) }]),
      caption: `${object}: ${wordings[asking]} ${ious[asking].toFixed(2)}`,
    })),
  );
}

interface Figures {
  readonly name: string;
  readonly things: number;
  readonly means: Readonly<Record<Asking, number>>;
  readonly passed: boolean;
}

function printFigures(figures: readonly Figures[], each: readonly ThingScore[]): void {
  for (const { picture, object, ious } of each)
    console.log(`${`${picture}: ${object}`.padEnd(56)} ${shownIous(ious)}`);
  for (const { name, things, means, passed } of figures) {
    console.log(
      `${name.padEnd(9)} ${shownIous(means)}, mean IoU of ${things} things${passed ? '' : ': below the goal'}`,
    );
  }
}

function shownIous(ious: Readonly<Record<Asking, number>>): string {
  return askings.map((asking) => `${wordings[asking]} ${ious[asking].toFixed(3)}`).join(', ');
}

function plain({ picture, object, ious }: ThingScore) {
  return { photo: picture, object, ious };
}
