/** `npm run evaluate -- caption`. */
import { parseArgs } from 'node:util';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import type { Captioner } from '@darkroom/gpu-worker/vision/captioner';
import { openVisionModel } from '@darkroom/gpu-worker/vision/open-vision-model';
import { countOf, namesOf, parseWords, pathOf } from '../../command-words.ts';
import type { Split } from '../../data/split.ts';
import { openPhotos, type PhotoStore } from '../../data/store.ts';
import { type PhotoCaptions, readPhotoCaptions } from '../../training/caption/photo-captions.ts';
import { openPictureSources } from '../../training/caption/pictures.ts';
import type { Target } from '../target.ts';
import { writePictureSheet } from '../vision/picture-sheet.ts';
import {
  type Captioned,
  type CaptionFigures,
  captionFigures,
  captionPhotos,
  captionScenes,
  type SlotFigures,
  slotFigures,
} from './caption-quality.ts';

export const captionTarget: Target = {
  summary: 'what captions name of held-out photos and compositions',
  usage: `npm run evaluate -- caption [--model weights/caption] [--scenes 150] [--sheet sheet.jpg] [--verbose] [--json]

Compares captions with one sentence for each photo, and with what compositions are made of.
  --model <folder>     any captioner
  --split <names>      which photos; default heldout,evaluation,vision
  --scenes <n>         compositions of held-out photos and cut-outs
  --sheet <file>       photos under their captions
  --verbose            also print every caption, with what it should have been in brackets
  --cache <folder>     pictures of "npm run data:fetch"; default recipes/.cache
No goals: the figures are for comparison.`,
  prepare: (words) => {
    const { values } = parseWords(() => parse(words));
    const asked: Asked = {
      model: pathOf('--model', values.model, 'weights/caption'),
      cache: pathOf('--cache', values.cache, 'recipes/.cache'),
      split: namesOf('--split', values.split, splits),
      scenes: countOf('--scenes', values.scenes, 1),
      sheet: pathOf('--sheet', values.sheet, undefined),
      verbose: values.verbose,
      json: values.json,
    };
    return () => evaluateCaptions(asked);
  },
};

interface Asked {
  readonly model: string;
  readonly cache: string;
  readonly split: readonly Split[];
  readonly scenes: number;
  readonly sheet: string | undefined;
  readonly verbose: boolean;
  readonly json: boolean;
}

function parse(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    options: {
      model: { type: 'string' },
      cache: { type: 'string' },
      split: { type: 'string', default: 'heldout,evaluation,vision' },
      scenes: { type: 'string', default: '150' },
      sheet: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
}

const splits = ['train', 'heldout', 'evaluation', 'vision'] as const satisfies Split[];
/** Draws the compositions; training draws from other photos and cut-outs anyway. */
const sceneSeed = 99;

interface Figures {
  readonly photos: Readonly<Record<string, CaptionFigures & { readonly captionMs: number }>>;
  readonly scenes: CaptionFigures & SlotFigures;
}

async function evaluateCaptions(asked: Asked): Promise<boolean> {
  await using store = new ModelStore({ budgetBytes: 2 ** 30 });
  const captioner = await openVisionModel('caption', asked.model, store);
  const captions = await readPhotoCaptions();
  const captioned: Captioned[] = [];
  const photos: Record<string, CaptionFigures & { captionMs: number }> = {};
  for (const split of asked.split) {
    const timed = await timedCaptions(captioner, await openPhotos(asked.cache, [split]), captions);
    photos[split] = { ...captionFigures(timed.captioned), captionMs: timed.captionMs };
    captioned.push(...timed.captioned);
  }
  const sources = await openPictureSources(asked.cache, 'heldout');
  const range = { seed: sceneSeed, count: asked.scenes };
  const scenes = await captionScenes(captioner, { sources, captions }, range);
  const figures = { photos, scenes: { ...captionFigures(scenes), ...slotFigures(scenes, captions) } };
  if (asked.sheet)
    await writePictureSheet(
      captioned.map(({ raster, said }) => ({ raster, caption: said })),
      asked.sheet,
    );
  if (asked.verbose)
    for (const { said, wanted, id } of [...captioned, ...scenes])
      process.stderr.write(`${id}: ${said} (${wanted})\n`);
  console.log(asked.json ? JSON.stringify(figures) : captionReport(figures));
  return true;
}

/** The first caption's preparations are left out of the time. */
async function timedCaptions(
  captioner: Captioner,
  photos: PhotoStore,
  captions: PhotoCaptions,
): Promise<{ captioned: Captioned[]; captionMs: number }> {
  await captionPhotos(captioner, { ...photos, entries: photos.entries.slice(0, 1) }, captions);
  const begun = performance.now();
  const captioned = await captionPhotos(captioner, photos, captions);
  return { captioned, captionMs: (performance.now() - begun) / Math.max(1, captioned.length) };
}

/** The figures as lines to read. */
function captionReport({ photos, scenes }: Figures): string {
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  const shared = ({ pictures, precision, recall, bleu1, bleu4 }: CaptionFigures): string =>
    `${pictures}: things named ${percent(precision)} right, ${percent(recall)} of those shown; BLEU-1 ${bleu1.toFixed(2)}, BLEU-4 ${bleu4.toFixed(2)}`;
  return [
    ...Object.entries(photos).map(
      ([split, figures]) =>
        `${split} photos ${shared(figures)}; ${figures.captionMs.toFixed(0)} ms a caption`,
    ),
    `compositions ${shared(scenes)}`,
    `  nouns said ${percent(scenes.noun)}; of those, number right ${percent(scenes.count)}, colour ${percent(scenes.colour)}; place right ${percent(scenes.place)}`,
  ].join('\n');
}
