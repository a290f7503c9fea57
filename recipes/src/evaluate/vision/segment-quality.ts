/** How well a segmenter outlines things that are known: by clicks and by a box. */
import type { Raster } from '@darkroom/gpu-worker/image/raster';
import { type BinaryMask, maskBox, maskIou } from '@darkroom/gpu-worker/vision/binary-mask';
import { logitsOfBinary } from '@darkroom/gpu-worker/vision/mask-planes';
import type { SamEmbedding } from '@darkroom/gpu-worker/vision/sam-predictor';
import type { Click, SamPrompt } from '@darkroom/gpu-worker/vision/sam-prompt';
import type { Segmenter } from '@darkroom/gpu-worker/vision/segmenter';
import { firstClick, nextClick } from '../../compositions/clicks.ts';

/** A picture with things whose outlines are known. */
export interface KnownPicture {
  readonly id: string;
  readonly raster: Raster;
  readonly things: readonly KnownThing[];
}

export interface KnownThing {
  /** What it is, for readers. */
  readonly object: string;
  readonly mask: BinaryMask;
}

/** The ways of asking, each with an answer. */
export const askings = ['oneClick', 'threeClicks', 'threeAtOnce', 'box'] as const;
export type Asking = (typeof askings)[number];

/** What a segmenter answered about one thing. */
export interface ThingScore {
  readonly picture: string;
  readonly object: string;
  /** Intersection over union of each answer with the thing, at the picture's size. */
  readonly ious: Readonly<Record<Asking, number>>;
  readonly answers: Readonly<Record<Asking, BinaryMask>>;
}

/**
 * Asks about every thing of a picture: one click in its middle; two more, each in the middle of the largest part that is
 * still wrong, with the earlier answer; the same three clicks at once; and its box.
 */
export async function scorePicture(segmenter: Segmenter, picture: KnownPicture): Promise<ThingScore[]> {
  const embedding = await segmenter.encode(picture.raster);
  const scores: ThingScore[] = [];
  for (const { object, mask } of picture.things) {
    const answers = await askAll(segmenter, embedding, mask);
    const entries = askings.map((asking) => [asking, maskIou(answers[asking], mask)] as const);
    const ious = Object.fromEntries(entries) as Record<Asking, number>;
    scores.push({ picture: picture.id, object, ious, answers });
  }
  return scores;
}

/** Clicks that are made one after another. */
const rounds = 3;

async function askAll(
  segmenter: Segmenter,
  embedding: SamEmbedding,
  wanted: BinaryMask,
): Promise<Record<Asking, BinaryMask>> {
  const [box, first] = [maskBox(wanted), firstClick(wanted)];
  if (!box || !first) throw new TypeError('a thing to outline: expected a mask with pixels inside, got none');
  const points: Click[] = [first];
  const oneClick = await ask(segmenter, embedding, { points });
  let last = oneClick;
  while (points.length < rounds) {
    const next = nextClick(wanted, last);
    if (!next) break;
    points.push(next);
    // FastSAM takes no earlier answer.
    const side = segmenter.logitSide;
    const earlier = side === 0 ? {} : { mask: logitsOfBinary(last, embedding.fit, side) };
    last = await ask(segmenter, embedding, { points, ...earlier });
  }
  return {
    oneClick,
    threeClicks: last,
    threeAtOnce: await ask(segmenter, embedding, { points }),
    box: await ask(segmenter, embedding, { box }),
  };
}

async function ask(segmenter: Segmenter, embedding: SamEmbedding, prompt: SamPrompt): Promise<BinaryMask> {
  const [answer] = await segmenter.predict(embedding, [prompt]);
  if (!answer) throw new TypeError('predict: expected an answer to each prompt, got none');
  return segmenter.maskOf(embedding, prompt, answer.best);
}

/** Mean over things. */
export function meanIous(scores: readonly ThingScore[]): Record<Asking, number> {
  const mean = (asking: Asking): number =>
    scores.reduce((sum, { ious }) => sum + ious[asking], 0) / Math.max(1, scores.length);
  return {
    oneClick: mean('oneClick'),
    threeClicks: mean('threeClicks'),
    threeAtOnce: mean('threeAtOnce'),
    box: mean('box'),
  };
}
