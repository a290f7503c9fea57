/** Measures a captioner on held-out photos and on compositions of held-out photos and cut-outs. */
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { openVisionModel } from '@darkroom/gpu-worker/vision/open-vision-model';
import type { Split } from '../../data/split.ts';
import { openPhotos } from '../../data/store.ts';
import { readPhotoCaptions } from '../../training/caption/photo-captions.ts';
import { openPictureSources } from '../../training/caption/pictures.ts';
import {
  type Captioned,
  type CaptionFigures,
  captionFigures,
  captionPhotos,
  captionScenes,
  type SlotFigures,
  slotFigures,
} from './caption-quality.ts';

/** What is measured. */
export interface CaptionEvaluation {
  /** Folder of the captioner. */
  readonly model: string;
  readonly cache: string;
  /** Splits of photos. */
  readonly split: readonly Split[];
  /** How many compositions. */
  readonly scenes: number;
}

/** Figures, and the captions that they are of. */
export interface CaptionResults {
  readonly photos: CaptionFigures;
  readonly scenes: CaptionFigures & SlotFigures;
  /** Mean time of a photo's caption in milliseconds, the first one's preparations left out. */
  readonly captionMs: number;
  readonly captioned: readonly Captioned[];
}

/** Compositions that are measured; training draws from other photos and cut-outs anyway. */
const sceneSeed = 99;

export async function evaluateCaption(asked: CaptionEvaluation): Promise<CaptionResults> {
  await using store = new ModelStore({ budgetBytes: 1e9 });
  const captioner = await openVisionModel('caption', asked.model, store);
  const captions = await readPhotoCaptions();
  const photos = await openPhotos(asked.cache, asked.split);
  await captionPhotos(captioner, { ...photos, entries: photos.entries.slice(0, 1) }, captions);
  const begun = performance.now();
  const ofPhotos = await captionPhotos(captioner, photos, captions);
  const captionMs = (performance.now() - begun) / Math.max(1, ofPhotos.length);
  const sources = await openPictureSources(asked.cache, 'heldout');
  const range = { seed: sceneSeed, count: asked.scenes };
  const scenes = await captionScenes(captioner, { sources, captions }, range);
  return {
    photos: captionFigures(ofPhotos),
    scenes: { ...captionFigures(scenes), ...slotFigures(scenes, captions) },
    captionMs,
    captioned: [...ofPhotos, ...scenes],
  };
}

/** The figures as lines to read. */
export function captionReport({ photos, scenes, captionMs }: CaptionResults): string {
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  const shared = ({ pictures, precision, recall, bleu1, bleu4 }: CaptionFigures): string =>
    `${pictures}: nouns ${percent(precision)} precision, ${percent(recall)} recall; BLEU-1 ${bleu1.toFixed(2)}, BLEU-4 ${bleu4.toFixed(2)}`;
  return [
    `photos ${shared(photos)}; ${captionMs.toFixed(0)} ms a caption`,
    `compositions ${shared(scenes)}`,
    `  said: noun ${percent(scenes.noun)}; of those, count ${percent(scenes.count)}, colour ${percent(scenes.colour)}; place ${percent(scenes.place)}`,
  ].join('\n');
}
