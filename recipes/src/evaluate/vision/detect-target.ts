/** `npm run evaluate -- detect`. */
import { parseArgs } from 'node:util';
import type { Raster } from '@darkroom/gpu-worker/image/raster';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import type { Detection, Detector } from '@darkroom/gpu-worker/vision/detector';
import { openVisionModel } from '@darkroom/gpu-worker/vision/open-vision-model';
import { drawOverlay } from '@darkroom/gpu-worker/vision/overlay';
import { namesOf, numberOf, parseWords, pathOf } from '../../command-words.ts';
import { openPhotos } from '../../data/store.ts';
import type { Target } from '../target.ts';
import { type RealPhoto, readRealBoxes } from './annotations.ts';
import { cocoWords, type DetectLanguage, detectLanguages } from './coco-words.ts';
import { countLine } from './count-line.ts';
import {
  addCounts,
  countsOfPhoto,
  type DetectCounts,
  type Judged,
  judgeDetections,
  precisionOf,
  recallOf,
} from './detect-quality.ts';
import { type SheetCell, writePictureSheet } from './picture-sheet.ts';

const leastRecall = 0.6;

export const detectTarget: Target = {
  summary: 'how many things of the COCO labels are found by their names',
  usage: `npm run evaluate -- detect [--model weights/detect] [--language en,zh] [--sheet sheet.jpg] [--json]

Asks for all 80 COCO labels on every photo with boxes, and counts what overlaps a thing of the label by half.
  --model <folder>     any detector
  --language <names>   which words: ${detectLanguages.join(', ')}; default both
  --threshold <score>  other than the detector's own
  --only <text>        only photos whose name holds the text
  --sheet <file>       photos with what was found by English words: ✓ right, ✗ false, ? missed
  --cache <folder>     pictures of "npm run data:fetch"; default recipes/.cache
Goal: recall ${leastRecall} in each language. Exits with 1 below.`,
  prepare: (words) => {
    const { values } = parseWords(() => parse(words));
    const { threshold } = values;
    const asked: Asked = {
      model: pathOf('--model', values.model, 'weights/detect'),
      cache: pathOf('--cache', values.cache, 'recipes/.cache'),
      languages: namesOf('--language', values.language, detectLanguages),
      threshold:
        threshold === undefined
          ? undefined
          : numberOf('--threshold', threshold, { least: 0, isInclusive: true }),
      only: values.only ?? '',
      sheet: pathOf('--sheet', values.sheet, undefined),
      json: values.json,
    };
    return () => evaluateDetect(asked);
  },
};

interface Asked {
  readonly model: string;
  readonly cache: string;
  readonly languages: readonly DetectLanguage[];
  readonly threshold: number | undefined;
  readonly only: string;
  readonly sheet: string | undefined;
  readonly json: boolean;
}

function parse(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    options: {
      model: { type: 'string' },
      cache: { type: 'string' },
      language: { type: 'string', default: detectLanguages.join() },
      threshold: { type: 'string' },
      only: { type: 'string' },
      sheet: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
}

/** What was found on one photo. */
interface Look {
  readonly known: RealPhoto;
  readonly raster: Raster;
  /** Labels are COCO's, whatever words were asked for. */
  readonly detections: readonly Detection[];
  readonly judged: Judged;
}

async function evaluateDetect(asked: Asked): Promise<boolean> {
  await using store = new ModelStore({ budgetBytes: 2 ** 30 });
  const detector = await openVisionModel('detect', asked.model, store);
  const photos = await knownPhotos(asked);
  const figures: LanguageFigures[] = [];
  for (const language of asked.languages) {
    const looks = await lookAll(detector, photos, language, asked.threshold);
    figures.push(figuresOf(language, looks));
    if (asked.sheet && language === asked.languages[0]) await writeLooks(looks, asked.sheet);
  }
  if (asked.json) console.log(JSON.stringify({ photos: photos.length, languages: figures }));
  else printFigures(photos.length, figures);
  return figures.every(({ recall }) => recall >= leastRecall);
}

type KnownPhoto = Pick<Look, 'known' | 'raster'>;

/** The photos that are at hand. */
async function knownPhotos({ cache, only }: Asked): Promise<KnownPhoto[]> {
  const photos = await openPhotos(cache, ['evaluation', 'vision']);
  const annotations = (await readRealBoxes()).filter(({ photo }) => photo.includes(only));
  const found = annotations.flatMap((known): KnownPhoto[] => {
    const index = photos.entries.findIndex(({ id }) => id === known.photo);
    if (index < 0) return [];
    const { width, height, rgb } = photos.photo(index);
    return [{ known, raster: { width, height, channels: 3, data: rgb } }];
  });
  const missing = annotations.length - found.length;
  if (missing > 0) process.stderr.write(`${missing} photos with boxes are not at hand: npm run data:fetch\n`);
  return found;
}

async function lookAll(
  detector: Detector,
  photos: readonly KnownPhoto[],
  language: DetectLanguage,
  threshold: number | undefined,
): Promise<Look[]> {
  const report = countLine(process.stderr, `photos (${language})`);
  const words = cocoWords[language];
  const looks: Look[] = [];
  for (const [i, { known, raster }] of photos.entries()) {
    const found = await detector.detect(raster, words, { threshold, limit: 300 });
    const detections = found.map(({ label, score, box }) => ({
      label: cocoWords.en[words.indexOf(label)] ?? label,
      score,
      box,
    }));
    looks.push({ known, raster, detections, judged: judgeDetections(detections, known.boxes) });
    report(i + 1, photos.length);
  }
  return looks;
}

interface LanguageFigures extends DetectCounts {
  readonly language: DetectLanguage;
  readonly precision: number;
  readonly recall: number;
  /** Mean of the labels' recalls, so that a label with many things does not decide. */
  readonly meanRecall: number;
  readonly labels: Readonly<Record<string, DetectCounts>>;
}

function figuresOf(language: DetectLanguage, looks: readonly Look[]): LanguageFigures {
  const byLabel = new Map<string, DetectCounts>();
  for (const { detections, judged } of looks) {
    for (const [label, counts] of countsOfPhoto(detections, judged))
      byLabel.set(label, addCounts([counts, byLabel.get(label) ?? { things: 0, hits: 0, falses: 0 }]));
  }
  const all = addCounts(byLabel.values());
  const recalls = [...byLabel.values()].flatMap((counts) => recallOf(counts) ?? []);
  const meanRecall = recalls.reduce((sum, recall) => sum + recall, 0) / Math.max(1, recalls.length);
  const labels = Object.fromEntries([...byLabel].sort(([, a], [, b]) => b.things - a.things));
  return {
    language,
    ...all,
    precision: precisionOf(all) ?? 0,
    recall: recallOf(all) ?? 0,
    meanRecall,
    labels,
  };
}

function printFigures(photos: number, figures: readonly LanguageFigures[]): void {
  for (const { language, labels, ...all } of figures) {
    console.log(`${language}: label, found of things, false boxes`);
    for (const [label, { hits, things, falses }] of Object.entries(labels))
      console.log(`  ${label.padEnd(16)} ${`${hits} of ${things}`.padEnd(9)} ${falses}`);
    const shown = [
      `precision ${all.precision.toFixed(3)}`,
      `recall ${all.recall.toFixed(3)}${all.recall < leastRecall ? ' (below the goal)' : ''}`,
      `mean recall of labels ${all.meanRecall.toFixed(3)}`,
    ];
    console.log(`${language}: ${shown.join(', ')}; ${all.things} things on ${photos} photos`);
  }
}

async function writeLooks(looks: readonly Look[], file: string): Promise<void> {
  const cells: SheetCell[] = [];
  for (const { known, raster, detections, judged } of looks) {
    const found = detections.flatMap(({ label, score, box }, i) => {
      const verdict = judged.verdicts[i];
      if (verdict === 'ignored') return [];
      return [{ box, label: `${verdict === 'hit' ? '✓' : '✗'} ${label} ${score.toFixed(2)}` }];
    });
    const missed = judged.missed.map(({ label, box }) => ({ box, label: `? ${label}` }));
    cells.push({ raster: await drawOverlay(raster, [...found, ...missed]), caption: known.photo });
  }
  await writePictureSheet(cells, file);
}
